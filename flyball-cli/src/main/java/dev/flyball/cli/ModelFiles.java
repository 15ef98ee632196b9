package dev.flyball.cli;

import dev.flyball.cli.console.CommandContext;
import dev.flyball.cli.console.CommandFailure;
import dev.flyball.server.models.ModelCatalog;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** From what users call a model to its file. */
final class ModelFiles {
  /** For the help of commands that take a model. */
  static final String PARAMETER_HELP =
      "A model that flyball list shows, fable-5m (the demo model), or a .gguf file";

  private final FlyballHome home;

  ModelFiles(CommandContext context) {
    this.home = FlyballHome.of(context);
  }

  /**
   * The file that is meant; of a split model the first part.
   *
   * @throws CommandFailure where a file is named that is not there
   * @throws dev.flyball.server.error.ServerException where a name is not known
   */
  Path resolve(String model) {
    if (model.equals(DemoModel.NAME)) {
      return DemoModel.file(home);
    }
    Path path = Path.of(model);
    if (Files.isRegularFile(path)) {
      return path;
    }
    if (model.endsWith(".gguf") && path.getParent() != null) {
      throw new CommandFailure("there is no file " + path);
    }
    return catalog().resolve(model).file();
  }

  /** All models on this machine; the demo model, laid out where it was not yet, is the first. */
  ModelCatalog catalogWithDemo() {
    return new ModelCatalog(home.models(), List.of(DemoModel.file(home)));
  }

  /** The models on this machine, without the demo model. */
  ModelCatalog catalog() {
    return new ModelCatalog(home.models(), List.of());
  }
}
