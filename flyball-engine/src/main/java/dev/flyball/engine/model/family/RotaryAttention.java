package dev.flyball.engine.model.family;

import dev.flyball.engine.model.AttentionShape;
import dev.flyball.engine.model.AttentionSpec;
import dev.flyball.engine.model.ModelSource;
import dev.flyball.engine.model.RopeSpec;
import dev.flyball.engine.model.TensorGroup;
import dev.flyball.engine.model.arithmetic.RopePairs;

/** Attention with one shape and one rotation in all layers. */
record RotaryAttention(AttentionShape shape, RopeSpec rope) {
  /** As the keys {@code attention.*} and {@code rope.*} say. */
  static RotaryAttention read(ModelSource source, RopePairs pairs) {
    return read(source, source.attentionShape(), pairs);
  }

  /** As {@link #read(ModelSource, RopePairs)}, of this shape. */
  static RotaryAttention read(ModelSource source, AttentionShape shape, RopePairs pairs) {
    return new RotaryAttention(shape, RopeSpec.read(source, pairs, shape.keyLength()));
  }

  /** Begins to read the attention of a layer. */
  AttentionSpec.Reader of(TensorGroup layer) {
    return AttentionSpec.of(layer, shape).rope(rope);
  }
}
