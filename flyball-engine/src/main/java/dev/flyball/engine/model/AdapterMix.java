package dev.flyball.engine.model;

import java.util.List;

/**
 * The adapters of a sequence, whose results are added, each times its scale. Immutable.
 *
 * @param parts none of scale 0, no adapter twice
 */
public record AdapterMix(List<Part> parts) {
  /** The base model as it is. */
  public static final AdapterMix NONE = new AdapterMix(List.of());

  /** An adapter and what its result is multiplied by. */
  public record Part(Adapter adapter, float scale) {}

  public AdapterMix {
    parts = List.copyOf(parts);
  }
}
