package dev.flyball.cli.load.measure;

import java.util.Map;

/**
 * The server's own figures at a time.
 *
 * @param seconds since the beginning of the run
 * @param values those that it has of {@code running}, {@code waiting}, {@code kv_usage} (0 to 1),
 *     {@code resident_bytes} and {@code jvm_used_bytes}
 */
public record ServerSample(double seconds, Map<String, Double> values) {
  public ServerSample {
    values = Map.copyOf(values);
  }
}
