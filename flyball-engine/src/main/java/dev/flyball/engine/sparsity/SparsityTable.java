package dev.flyball.engine.sparsity;

import dev.flyball.engine.EngineError;
import dev.flyball.engine.EngineException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What calibration found out about a model's gates, so that any share of neurons can be skipped
 * later: a small file of text beside the model.
 *
 * <pre>
 * flyball-sparsity 1
 * model [64 hexadecimal digits: the model's fingerprint]
 * tokens [how many tokens were read]
 * networks [number of gated networks]
 * network 0 [99 magnitudes, below which 1 %, 2 %, ... 99 % of its activated gates were]
 * ...
 * </pre>
 *
 * @param model fingerprint of the model
 * @param tokens of the text, as read
 * @param percentiles for each network 99 magnitudes, none below the one before
 */
public record SparsityTable(String model, long tokens, List<List<Float>> percentiles) {
  static final int PERCENTILES = 99;

  public SparsityTable {
    percentiles = percentiles.stream().map(List::copyOf).toList();
  }

  /** Where the table of a model is looked for: {@code model.gguf.sparsity}. */
  public static Path beside(Path model) {
    return model.resolveSibling(model.getFileName() + ".sparsity");
  }

  /**
   * Reads a table.
   *
   * @throws EngineException FILE_UNREADABLE, with what makes it, or FILE_CORRUPT
   */
  public static SparsityTable read(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new EngineException(
          EngineError.FILE_UNREADABLE,
          file
              + ": there is no such file; sparsity needs what `flyball calibrate MODEL --text FILE`"
              + " finds out about the model, once");
    }
    try {
      return new TableReader(file).read();
    } catch (IOException e) {
      throw new EngineException(
          EngineError.FILE_UNREADABLE, file + ": cannot be read: " + e.getMessage(), e);
    }
  }

  /**
   * Writes the table, in place of what is there.
   *
   * @throws UncheckedIOException where that fails
   */
  public void write(Path file) {
    StringBuilder text = new StringBuilder();
    text.append(TableReader.FIRST_LINE).append('\n');
    text.append("model ").append(model).append('\n');
    text.append("tokens ").append(tokens).append('\n');
    text.append("networks ").append(percentiles.size()).append('\n');
    for (int network = 0; network < percentiles.size(); network++) {
      text.append("network ").append(network);
      percentiles.get(network).forEach(value -> text.append(' ').append(value));
      text.append('\n');
    }
    try {
      Files.writeString(file, text, StandardCharsets.US_ASCII);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The thresholds below which a share of neurons lies, as far as other texts are like the one that
   * was read.
   *
   * @param share 0 to {@link SparsityWish#MOST}
   */
  public GateThresholds thresholds(double share) {
    return new GateThresholds(share, percentiles.stream().map(p -> quantile(p, share)).toList());
  }

  /** Between two percentiles on a line, from 0 on. */
  private static float quantile(List<Float> percentiles, double share) {
    double at = share * (PERCENTILES + 1);
    int below = Math.min((int) at, PERCENTILES);
    double low = below == 0 ? 0 : percentiles.get(below - 1);
    double high = below == PERCENTILES ? low : percentiles.get(below);
    return (float) (low + (at - below) * (high - low));
  }
}
