package dev.flyball.server.models;

import dev.flyball.engine.adapter.AdapterFile;
import dev.flyball.engine.adapter.AdapterWish;
import java.time.Instant;
import java.util.Map;

/**
 * An adapter that requests may ask for.
 *
 * @param id its number, never given again
 * @param base the model that it adapts
 * @param file what is loaded beside the model, with the scale of now
 * @param added when
 */
public record ServedAdapter(int id, CatalogModel base, AdapterFile file, Instant added) {
  public String name() {
    return file.name();
  }

  /** What a request has that asks for it as its model: its own scale, where it has one, else 1. */
  public AdapterWish alone() {
    return AdapterWish.of(Map.of(name(), file.scale() == 0 ? 1 : file.scale()));
  }
}
