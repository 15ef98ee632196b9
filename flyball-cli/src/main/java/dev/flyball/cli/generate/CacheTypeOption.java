package dev.flyball.cli.generate;

import dev.flyball.cli.console.UsageFailure;
import dev.flyball.engine.cache.CacheType;
import picocli.CommandLine.Option;

/** {@code --kv-cache}, wherever a model is loaded. */
public final class CacheTypeOption {
  @Option(
      names = {"--kv-cache", "--cache-type"},
      paramLabel = "TYPE",
      description =
          "Keys and values in f32, f16, q8_0, q8_0/q4_0 (keys/values) or q4_0 (default: f16 for"
              + " quantised models, f32 for others)")
  private String name = "";

  /** The type that was asked for. */
  public CacheType value() {
    return CacheType.of(name)
        .orElseThrow(
            () -> new UsageFailure("--kv-cache is f32, f16, q8_0, q8_0/q4_0 or q4_0, not " + name));
  }

  /** The type that was asked for, or the usual one. */
  public CacheType over(CacheType usual) {
    return name.isEmpty() ? usual : value();
  }
}
