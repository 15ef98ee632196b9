package dev.flyball.engine.adapter;

import dev.flyball.engine.EngineError;
import dev.flyball.engine.EngineException;
import java.util.List;
import java.util.Map;

/** Of an engine that takes none. */
record NoAdapters() implements Adapters {
  @Override
  public AdapterInfo load(AdapterFile file) {
    throw new EngineException(EngineError.UNSUPPORTED_MODEL, "this engine takes no adapters");
  }

  @Override
  public boolean unload(String name) {
    return false;
  }

  @Override
  public List<AdapterInfo> list() {
    return List.of();
  }

  @Override
  public void setUsual(Map<String, Float> scales) {
    if (!scales.isEmpty()) {
      throw new EngineException(EngineError.INVALID_INPUT, "this engine takes no adapters");
    }
  }
}
