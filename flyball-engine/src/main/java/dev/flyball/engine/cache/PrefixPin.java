package dev.flyball.engine.cache;

import java.util.List;

/** A pinned path of the {@link PrefixIndex}. */
final class PrefixPin implements KvPin {
  private final PrefixPins pins;
  private List<PrefixNode> path;

  PrefixPin(PrefixPins pins, List<PrefixNode> path) {
    this.pins = pins;
    this.path = List.copyOf(path);
  }

  List<PrefixNode> path() {
    return path;
  }

  @Override
  public int tokens() {
    return path.size() * PagedKvCache.BLOCK_TOKENS;
  }

  @Override
  public void close() {
    pins.unpin(this);
    path = List.of();
  }
}
