package dev.flyball.cli.bench;

import dev.flyball.cli.console.Amounts;
import dev.flyball.cli.console.JsonOutput;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** The forms in which llama-bench writes results. */
public enum BenchFormat {
  /** A table of Markdown. */
  MD {
    @Override
    public void print(List<SpeedResult> results, PrintStream out) {
      boolean limited = results.stream().anyMatch(result -> result.limit().isPresent());
      out.println(
          "| model | size | params | backend | threads | test | t/s |"
              + (limited ? " limit t/s | of limit |" : ""));
      out.println(
          "| --- | ---: | ---: | --- | ---: | ---: | ---: |" + (limited ? " ---: | ---: |" : ""));
      results.forEach(result -> printRow(result, out));
      out.println();
      results.stream().map(result -> result.run().footer()).distinct().forEach(out::println);
    }

    private static void printRow(SpeedResult result, PrintStream out) {
      BenchedModel model = result.run().model();
      out.printf(
          Locale.ROOT,
          "| %s | %s | %s | CPU | %d | %s | %.2f ± %.2f |",
          model.typeName(),
          Amounts.bytes(model.tensorBytes()),
          Amounts.count(model.summary().parameters()),
          model.threads(),
          result.test().label(),
          result.meanTokensPerSecond(),
          result.deviationTokensPerSecond());
      if (result.limit().isPresent()) {
        double limit = result.limit().getAsDouble();
        out.printf(Locale.ROOT, " %.2f | %.1f %% |", limit, 100 * result.limitShare());
      }
      out.println();
    }
  },

  /** An array of objects. */
  JSON {
    @Override
    public void print(List<SpeedResult> results, PrintStream out) {
      JsonOutput.printIndented(out, results.stream().map(SpeedResult::fields).toList());
    }
  },

  /** An object on each line. */
  JSONL {
    @Override
    public void print(List<SpeedResult> results, PrintStream out) {
      results.forEach(result -> JsonOutput.printLine(out, result.fields()));
    }
  },

  /** Comma-separated values without the single samples. */
  CSV {
    @Override
    public void print(List<SpeedResult> results, PrintStream out) {
      boolean first = true;
      for (SpeedResult result : results) {
        Map<String, Object> fields = result.fields();
        fields.keySet().removeAll(SAMPLES);
        if (first) {
          out.println(String.join(",", fields.keySet()));
          first = false;
        }
        out.println(
            fields.values().stream().map(BenchFormat::quoted).collect(Collectors.joining(",")));
      }
    }
  };

  private static final Set<String> SAMPLES = Set.of("samples_ns", "samples_ts");

  /** Writes results of tests. */
  public abstract void print(List<SpeedResult> results, PrintStream out);

  private static String quoted(Object value) {
    return '"' + value.toString().replace("\"", "\"\"") + '"';
  }
}
