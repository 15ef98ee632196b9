package dev.flyball.engine.cache;

import java.util.List;

/** A pinned path of the {@link PrefixIndex}. */
final class PrefixPin implements KvPin {
  private final PagedKvCache cache;
  private List<PrefixNode> path;

  PrefixPin(PagedKvCache cache, List<PrefixNode> path) {
    this.cache = cache;
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
    cache.unpin(this);
    path = List.of();
  }
}
