package dev.flyball.cli.bench;

import dev.flyball.cli.console.Amounts;
import dev.flyball.kernels.limits.MachineLimits;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What the tests of one loaded model have in common.
 *
 * @param loadNanos time from opening the file until the model could run
 * @param peakBytes most memory that the process had resident, from loading to the last test;
 *     nothing where the system does not tell
 * @param limits the machine's, where they were measured
 */
public record ModelRun(
    BenchedModel model, long loadNanos, OptionalLong peakBytes, Optional<MachineLimits> limits) {

  Map<String, Object> fields() {
    Map<String, Object> fields = new LinkedHashMap<>(model.fields());
    fields.put("load_ms", Math.round(loadNanos / 1e6));
    peakBytes.ifPresent(bytes -> fields.put("peak_rss_bytes", bytes));
    limits.ifPresent(
        machine -> {
          fields.put("limit_read_bytes_per_s", Math.round(machine.readBytesPerSecond()));
          fields.put("limit_multiply_adds_per_s", Math.round(machine.multiplyAddsPerSecond()));
        });
    return fields;
  }

  /** One line for people. */
  String footer() {
    StringBuilder line =
        new StringBuilder(
            String.format(
                Locale.ROOT,
                "%s, threads %d: loaded in %.2f s",
                model.typeName(),
                model.threads(),
                loadNanos / 1e9));
    peakBytes.ifPresent(bytes -> line.append(", peak memory ").append(Amounts.bytes(bytes)));
    limits.ifPresent(
        machine ->
            line.append(
                String.format(
                    Locale.ROOT,
                    "; this machine reads %.1f GB/s and multiplies %.0f G 8-bit pairs/s",
                    machine.readBytesPerSecond() / 1e9,
                    machine.multiplyAddsPerSecond() / 1e9)));
    return line.toString();
  }
}
