package dev.flyball.cli;

import dev.flyball.cli.console.CommandContext;
import dev.flyball.server.models.ModelCatalog;
import java.nio.file.Path;

/**
 * The folder in which flyball keeps what it fetches and remembers: {@code FLYBALL_HOME}, else
 * {@code .flyball} in the user's home.
 *
 * @param directory may not exist yet
 * @param models where models lie, the demo model apart; may not exist yet
 */
record FlyballHome(Path directory, Path models) {
  static FlyballHome of(CommandContext context) {
    Path directory =
        context
            .variable("FLYBALL_HOME")
            .map(Path::of)
            .orElseGet(() -> Path.of(System.getProperty("user.home"), ".flyball"));
    return new FlyballHome(
        directory.toAbsolutePath(),
        ModelCatalog.defaultFolder(context.variables()).toAbsolutePath());
  }

  /** Where a repository of the hub has its models. */
  Path hubModels(String owner, String repository) {
    return models.resolve("hf").resolve(owner).resolve(repository);
  }

  /** What was typed into the chat. */
  Path chatHistory() {
    return directory.resolve("chat-history");
  }
}
