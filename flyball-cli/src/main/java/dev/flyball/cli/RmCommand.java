package dev.flyball.cli;

import dev.flyball.cli.console.Amounts;
import dev.flyball.cli.console.CommandContext;
import dev.flyball.cli.console.CommandFailure;
import dev.flyball.server.models.CatalogModel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code flyball rm}. */
@Command(name = "rm", description = "Deletes a model that was pulled, after asking.")
final class RmCommand implements Runnable {
  private static final int MAX_ANSWER_BYTES = 100;

  private final CommandContext context;

  @Parameters(paramLabel = "MODEL", description = "A model that flyball list shows")
  private String model = "";

  @Option(
      names = {"-y", "--yes"},
      description = "Do not ask")
  private boolean yes;

  RmCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public void run() {
    ModelFiles files = new ModelFiles(context);
    if (model.equals(DemoModel.NAME)) {
      throw new CommandFailure("the demo model is a part of flyball and cannot be removed");
    }
    CatalogModel found = files.catalog().resolve(model);
    Path folder = files.catalog().folder();
    try {
      for (Path file : found.files()) {
        requireInside(folder, file);
      }
      if (!yes && !confirmed(found)) {
        context.err().println("nothing was removed");
        return;
      }
      for (Path file : found.files()) {
        delete(file, folder);
      }
    } catch (IOException failure) {
      throw new UncheckedIOException(model + " cannot be removed: " + failure, failure);
    }
    context.err().println("removed " + found.name() + ", " + Amounts.bytes(found.bytes()));
  }

  /** A link may point anywhere; what is not in our own folder is not ours to delete. */
  private static void requireInside(Path folder, Path file) throws IOException {
    if (!file.toRealPath().startsWith(folder.toRealPath())) {
      throw new CommandFailure(
          file.toRealPath() + " lies outside of " + folder + "; delete it by hand");
    }
  }

  private boolean confirmed(CatalogModel found) throws IOException {
    context
        .err()
        .print(
            "Remove "
                + found.name()
                + " ("
                + found.files().size()
                + (found.files().size() == 1 ? " file, " : " files, ")
                + Amounts.bytes(found.bytes())
                + ")? [y/N] ");
    context.err().flush();
    String answer = readLine().strip().toLowerCase(Locale.ROOT);
    return answer.equals("y") || answer.equals("yes");
  }

  private String readLine() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int b = context.in().read();
        b >= 0 && b != '\n' && line.size() < MAX_ANSWER_BYTES;
        b = context.in().read()) {
      line.write(b);
    }
    return line.toString(StandardCharsets.UTF_8);
  }

  /** Deletes a file and the folders that it leaves empty. */
  private static void delete(Path file, Path folder) throws IOException {
    Files.delete(file);
    for (Path parent = file.getParent();
        parent != null && !parent.equals(folder) && parent.startsWith(folder);
        parent = parent.getParent()) {
      try {
        Files.delete(parent);
      } catch (DirectoryNotEmptyException inUse) {
        return;
      }
    }
  }
}
