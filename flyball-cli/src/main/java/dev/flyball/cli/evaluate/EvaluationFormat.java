package dev.flyball.cli.evaluate;

import dev.flyball.cli.console.JsonOutput;
import dev.flyball.engine.evaluate.Divergence;
import dev.flyball.engine.evaluate.Spread;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** The forms in which a result is shown. */
public enum EvaluationFormat {
  /** Lines for people. */
  TEXT {
    @Override
    public void print(EvaluationResult result, PrintStream out) {
      out.printf(
          Locale.ROOT,
          "perplexity %.4f ± %.5f  (%d windows of %d tokens, %d scored, %s %s)%n",
          result.perplexity().value(),
          result.perplexity().standardError(),
          result.text().windows(),
          result.text().windowTokens(),
          result.perplexity().scoredTokens(),
          result.summary().name(),
          result.summary().quantization());
      result.divergence().ifPresent(divergence -> printDivergence(divergence, out));
    }
  },
  /** One object. */
  JSON {
    @Override
    public void print(EvaluationResult result, PrintStream out) {
      Map<String, Object> fields = new LinkedHashMap<>();
      fields.put("model_filename", result.file().toString());
      fields.put("model", result.summary().name());
      fields.put("type", result.summary().quantization());
      fields.put("exact", result.exact());
      fields.put("window_tokens", result.text().windowTokens());
      fields.put("windows", result.text().windows());
      fields.put("scored_tokens", result.perplexity().scoredTokens());
      fields.put("perplexity", result.perplexity().value());
      fields.put("standard_error", result.perplexity().standardError());
      result.divergence().ifPresent(divergence -> fields.put("kl", fields(divergence)));
      JsonOutput.printIndented(out, fields);
    }
  };

  private static final double[] PERCENTILES = {0, 1, 5, 10, 50, 90, 95, 99, 99.9, 100};

  public abstract void print(EvaluationResult result, PrintStream out);

  private static void printDivergence(Divergence divergence, PrintStream out) {
    Spread ratio = divergence.logRatio();
    Spread kl = divergence.klDivergence();
    Spread change = divergence.probabilityChange();
    out.printf(Locale.ROOT, "base perplexity %.4f%n", divergence.basePerplexity());
    line(out, "ln(perplexity / base)", ratio.mean(), ratio.standardError(), 1, "");
    line(out, "KL divergence", kl.mean(), kl.standardError(), 1, " nats");
    percentiles(out, kl, 1, "");
    line(out, "change of p", 100 * change.mean(), 100 * change.standardError(), 1, " %");
    out.printf(Locale.ROOT, "  RMS %.4f %%%n", 100 * change.rootMeanSquare());
    percentiles(out, change, 100, " %");
    line(out, "same best token", divergence.sameBest(), divergence.sameBestError(), 100, " %");
  }

  private static void line(
      PrintStream out, String name, double value, double error, int factor, String unit) {
    out.printf(Locale.ROOT, "%s %.6f ± %.6f%s%n", name, factor * value, factor * error, unit);
  }

  private static void percentiles(PrintStream out, Spread spread, int factor, String unit) {
    for (double percent : PERCENTILES) {
      out.printf(
          Locale.ROOT,
          "  %5.1f%% below %.6f%s%n",
          percent,
          factor * spread.percentile(percent),
          unit);
    }
  }

  private static Map<String, Object> fields(Divergence divergence) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("base_perplexity", divergence.basePerplexity());
    fields.put("log_ratio", fields(divergence.logRatio()));
    fields.put("divergence_nats", fields(divergence.klDivergence()));
    fields.put("probability_change", fields(divergence.probabilityChange()));
    fields.put("same_best", divergence.sameBest());
    fields.put("same_best_error", divergence.sameBestError());
    return fields;
  }

  private static Map<String, Object> fields(Spread spread) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("mean", spread.mean());
    fields.put("standard_error", spread.standardError());
    fields.put("rms", spread.rootMeanSquare());
    Map<String, Double> percentiles = new LinkedHashMap<>();
    for (double percent : PERCENTILES) {
      percentiles.put(Double.toString(percent), spread.percentile(percent));
    }
    fields.put("percentiles", percentiles);
    return fields;
  }
}
