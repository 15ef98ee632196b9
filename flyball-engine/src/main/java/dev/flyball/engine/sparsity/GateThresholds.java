package dev.flyball.engine.sparsity;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * For each gated network of a model the magnitude below which an activated gate counts as zero:
 * magnitude thresholds as in CATS (arXiv:2404.08763). Counts what was skipped; thread-safe.
 */
public final class GateThresholds implements GateUse {
  private final double share;
  private final List<Float> thresholds;
  private final AtomicLong neurons = new AtomicLong();
  private final AtomicLong skipped = new AtomicLong();

  /**
   * @param share of neurons that was to be skipped
   * @param thresholds for each network, in the order of layers
   */
  public GateThresholds(double share, List<Float> thresholds) {
    this.share = share;
    this.thresholds = List.copyOf(thresholds);
  }

  /** The share of neurons that the thresholds were chosen for. */
  public double share() {
    return share;
  }

  /** How many networks they are for. */
  public int networks() {
    return thresholds.size();
  }

  public float of(int network) {
    return thresholds.get(network);
  }

  /** Counts the neurons of a network that was computed for one token. */
  public void count(long all, long ofWhichSkipped) {
    neurons.addAndGet(all);
    skipped.addAndGet(ofWhichSkipped);
  }

  /** Neurons that steps of a single token met so far. */
  public long neurons() {
    return neurons.get();
  }

  /** Those of {@link #neurons()} whose weights were not read. */
  public long skipped() {
    return skipped.get();
  }

  /**
   * What tells keys and values of a model with these thresholds from those of others.
   *
   * @param model the same of the model without thresholds
   */
  public String fingerprint(String model) {
    try {
      byte[] text = (model + thresholds).getBytes(UTF_8);
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
