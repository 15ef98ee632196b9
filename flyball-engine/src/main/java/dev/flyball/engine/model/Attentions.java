package dev.flyball.engine.model;

import dev.flyball.engine.cache.KvShape;
import dev.flyball.kernels.simd.InstructionSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Makes attention over caches: in generated code where there is any, else in plain Java. */
final class Attentions implements AutoCloseable {
  private final Optional<InstructionSet> level;
  private final List<TiledAttention> tiled = new ArrayList<>();

  /**
   * @param level of generated code; nothing: plain Java
   */
  Attentions(Optional<InstructionSet> level) {
    this.level = level;
  }

  /**
   * Attention over those layers of a cache that have the shape's lengths; closed with this.
   *
   * @param scores what becomes of the products of queries and keys
   */
  CachedAttention over(KvShape cache, AttentionShape shape, ScoreRule scores, Step step) {
    if (level.isEmpty()) {
      return new ExactAttention(shape, scores, step);
    }
    TiledAttention attention = new TiledAttention(shape, cache, scores, level.get(), step);
    tiled.add(attention);
    return attention;
  }

  @Override
  public void close() {
    tiled.forEach(TiledAttention::close);
  }
}
