package dev.flyball.cli;

import dev.flyball.cli.console.CommandContext;
import dev.flyball.cli.console.CommandFailure;
import dev.flyball.cli.console.UsageFailure;
import dev.flyball.cli.load.LoadSession;
import dev.flyball.cli.load.ReportOptions;
import dev.flyball.cli.load.RunOptions;
import dev.flyball.cli.load.StopSignal;
import dev.flyball.cli.load.TargetOptions;
import dev.flyball.cli.load.WorkloadOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code flyball load}. */
@Command(
    name = "load",
    description = {
      "Puts a server of the OpenAI API under load and reports how long answers take.",
      "Requests arrive by a mix made by chance, or as in a trace, whether or not earlier ones are"
          + " answered; times count from when a request was due. Ctrl-C ends a run with its report."
    })
final class LoadCommand implements Runnable {
  private final CommandContext context;

  @Mixin private TargetOptions target = new TargetOptions();

  @Mixin private WorkloadOptions workload = new WorkloadOptions();

  @Mixin private RunOptions run = new RunOptions();

  @Mixin private ReportOptions report = new ReportOptions();

  LoadCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public void run() {
    report.check();
    if (!report.compared().isEmpty()) {
      UsageFailure.checked(
          () -> {
            report.showComparison(context);
            return report;
          });
      return;
    }
    LoadSession session = new LoadSession(context, target, workload, run);
    try (StopSignal signal = new StopSignal(session::stop)) {
      load(session, signal);
    }
  }

  private void load(LoadSession session, StopSignal signal) {
    String tool = "flyball " + new BuildVersion().version() + ", " + new BuildVersion().commit();
    try {
      report.show(session.run(tool, report), context);
    } catch (CommandFailure failure) {
      if (!signal.given()) {
        throw failure;
      }
      context.err().println("flyball: " + failure.getMessage());
    }
  }
}
