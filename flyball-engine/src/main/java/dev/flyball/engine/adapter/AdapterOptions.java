package dev.flyball.engine.adapter;

import java.util.List;

/**
 * Which adapters a model has.
 *
 * @param files loaded with it
 * @param most that may be loaded at a time
 */
public record AdapterOptions(List<AdapterFile> files, int most) {
  public static final int MAX_ADAPTERS = 1000;

  /** None, and room for 16. */
  public static final AdapterOptions DEFAULT = new AdapterOptions(List.of(), 16);

  public AdapterOptions {
    files = List.copyOf(files);
    if (most < 0 || most > MAX_ADAPTERS) {
      throw new IllegalArgumentException("adapters must be 0 to " + MAX_ADAPTERS);
    }
  }

  /** The same with other files. */
  public AdapterOptions withFiles(List<AdapterFile> others) {
    return new AdapterOptions(others, most);
  }
}
