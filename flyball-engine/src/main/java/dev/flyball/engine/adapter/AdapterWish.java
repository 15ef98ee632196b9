package dev.flyball.engine.adapter;

import java.util.Map;
import java.util.Optional;

/**
 * The adapters that a request asks for.
 *
 * @param scales what each one's result is multiplied by, by name; nothing: as is usual, those with
 *     a scale of their own
 */
public record AdapterWish(Optional<Map<String, Float>> scales) {
  /** What is usual. */
  public static final AdapterWish USUAL = new AdapterWish(Optional.empty());

  /** The base model as it is. */
  public static final AdapterWish NONE = of(Map.of());

  public AdapterWish {
    scales = scales.map(Map::copyOf);
    scales.ifPresent(all -> all.values().forEach(AdapterFile::requireScale));
  }

  /** These adapters and no others. */
  public static AdapterWish of(Map<String, Float> scales) {
    return new AdapterWish(Optional.of(scales));
  }
}
