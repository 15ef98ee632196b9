package dev.flyball.cli;

import dev.flyball.cli.console.Amounts;
import dev.flyball.cli.console.CommandContext;
import dev.flyball.cli.console.JsonOutput;
import dev.flyball.server.models.CatalogModel;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code flyball list}. */
@Command(name = "list", description = "Shows the models on this machine.")
final class ListCommand implements Runnable {
  private static final DateTimeFormatter MINUTES =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm", Locale.ROOT).withZone(ZoneId.systemDefault());

  private final CommandContext context;

  @Option(names = "--json", description = "As one JSON array")
  private boolean json;

  ListCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public void run() {
    List<CatalogModel> models = new ModelFiles(context).catalogWithDemo().list();
    if (json) {
      JsonOutput.printIndented(context.out(), models.stream().map(ListCommand::describe).toList());
      return;
    }
    int width = models.stream().mapToInt(model -> model.name().length()).max().orElse(0);
    String row = "%-" + Math.max(width, 4) + "s  %12s  %s%n";
    context.out().printf(row, "NAME", "SIZE", "MODIFIED");
    for (CatalogModel model : models) {
      context
          .out()
          .printf(
              row, model.name(), Amounts.bytes(model.bytes()), MINUTES.format(model.modified()));
    }
  }

  private static Map<String, Object> describe(CatalogModel model) {
    return Map.of(
        "name",
        model.name(),
        "bytes",
        model.bytes(),
        "modified",
        model.modified().toString(),
        "files",
        model.files().stream().map(Object::toString).toList());
  }
}
