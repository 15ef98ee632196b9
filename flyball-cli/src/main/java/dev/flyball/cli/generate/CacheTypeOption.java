package dev.flyball.cli.generate;

import dev.flyball.cli.console.UsageFailure;
import dev.flyball.engine.cache.CacheType;
import java.util.Locale;
import picocli.CommandLine.Option;

/** {@code --cache-type}, wherever a model is loaded. */
public final class CacheTypeOption {
  @Option(
      names = "--cache-type",
      paramLabel = "TYPE",
      description =
          "Keys and values in f32, f16 or q8_0 (default: f16 for quantised models, f32 for others)")
  private String name = "";

  /** The type that was asked for. */
  public CacheType value() {
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "" -> CacheType.AUTOMATIC;
      case "f32" -> CacheType.F32;
      case "f16" -> CacheType.F16;
      case "q8_0" -> CacheType.Q8_0;
      default -> throw new UsageFailure("--cache-type is f32, f16 or q8_0, not " + name);
    };
  }
}
