package dev.flyball.cli;

import dev.flyball.cli.console.Amounts;
import dev.flyball.cli.console.CommandContext;
import dev.flyball.cli.pull.Hub;
import dev.flyball.cli.pull.HubFile;
import dev.flyball.cli.pull.HubListing;
import dev.flyball.cli.pull.HubReference;
import dev.flyball.cli.pull.ModelVariant;
import dev.flyball.cli.pull.ModelVariants;
import dev.flyball.cli.pull.RetryPolicy;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code flyball pull}. */
@Command(
    name = "pull",
    description = {
      "Fetches a GGUF model from the Hugging Face hub into FLYBALL_HOME/models.",
      "An interrupted pull goes on where it stopped when it is run again.",
      "HF_TOKEN: access token for private and gated repositories; HF_ENDPOINT: another hub."
    })
final class PullCommand implements Runnable {
  private final CommandContext context;

  @Parameters(
      paramLabel = "hf:OWNER/REPO[:QUANT or FILE]",
      description =
          "Repository, and which of its models: a quantization such as Q8_0 or a file name."
              + " Without: Q4_K_M, or what comes closest.")
  private String reference = "";

  PullCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public void run() {
    HubReference what = HubReference.parse(reference);
    Hub hub = Hub.fromEnvironment(context, RetryPolicy.DEFAULT);
    HubListing listing = hub.list(what);
    ModelVariant model = ModelVariants.of(what.id(), listing.files()).choose(what.selector());
    context
        .err()
        .println(
            what.id() + ": " + model.name() + ", " + Amounts.bytes(model.sizeBytes()) + " in all");
    Path folder = FlyballHome.of(context).hubModels(what.owner(), what.repository());
    for (HubFile file : model.files()) {
      fetch(hub, what, listing.commit(), file, folder.resolve(file.path()));
    }
    context.out().println(folder.resolve(model.files().getFirst().path()));
  }

  private void fetch(Hub hub, HubReference what, String commit, HubFile file, Path target) {
    if (Files.exists(target)) {
      context.err().println(target.getFileName() + " is there already");
      return;
    }
    hub.download(what, commit, file, target);
  }
}
