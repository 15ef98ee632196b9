package dev.flyball.engine.adapter;

import dev.flyball.engine.EngineException;
import java.util.List;
import java.util.Map;

/** The adapters beside one loaded model. Thread-safe. */
public interface Adapters {
  /** Of an engine that takes none. */
  Adapters NONE = new NoAdapters();

  /**
   * Loads one; requests may ask for it as soon as this returns. Blocks while it loads; requests go
   * on meanwhile.
   *
   * @throws EngineException FILE_UNREADABLE, FILE_CORRUPT; INVALID_INPUT where it is no adapter, is
   *     made for another base, its name is taken, or there are as many as there may be;
   *     UNSUPPORTED_MODEL, OUT_OF_MEMORY, CLOSED
   */
  AdapterInfo load(AdapterFile file);

  /**
   * Unloads one: no further request gets it, those that have it keep it to their end, and with the
   * last of them its memory is freed.
   *
   * @return false where there is none of this name
   */
  boolean unload(String name);

  /** Those that requests may ask for, in the order of their loading. */
  List<AdapterInfo> list();

  /**
   * Sets the scales for requests to come that choose no adapters; those not named get 0.
   *
   * @throws EngineException INVALID_INPUT where there is none of a name; nothing has changed then
   */
  void setUsual(Map<String, Float> scales);
}
