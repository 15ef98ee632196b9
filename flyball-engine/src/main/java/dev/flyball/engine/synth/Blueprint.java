package dev.flyball.engine.synth;

import static dev.flyball.engine.gguf.GgufValueType.FLOAT32;
import static dev.flyball.engine.gguf.GgufValueType.INT32;
import static dev.flyball.engine.gguf.GgufValueType.UINT32;

import dev.flyball.engine.gguf.GgufWriter;
import dev.flyball.kernels.TensorType;
import java.util.function.IntConsumer;
import java.util.function.IntUnaryOperator;

/**
 * What keys and tensors a model has: a family's drawing writes them here, layer by layer. Names are
 * without the architecture and, inside {@link #eachLayer}, without the layer.
 */
final class Blueprint {
  private static final double NORM_EPSILON = 1e-6;

  private final GgufWriter writer;
  private final SyntheticTensors tensors;
  private final String architecture;
  private final int layers;
  private final int vocabulary;
  private String prefix = "";

  Blueprint(GgufWriter writer, SyntheticTensors tensors, FamilyShape shape) {
    this.writer = writer;
    this.tensors = tensors;
    architecture = shape.architecture() + ".";
    layers = shape.layers();
    vocabulary = shape.vocabulary();
  }

  int layers() {
    return layers;
  }

  int vocabulary() {
    return vocabulary;
  }

  // ---- keys

  /** Those that every family has; query, key and value heads are of one length. */
  Blueprint sizes(int embeddingLength, int feedForwardLength, int heads, int contextLength) {
    return key("block_count", layers)
        .key("context_length", contextLength)
        .key("embedding_length", embeddingLength)
        .key("feed_forward_length", feedForwardLength)
        .key("vocab_size", vocabulary)
        .key("attention.head_count", heads);
  }

  Blueprint headLengths(int keyLength, int valueLength) {
    return key("attention.key_length", keyLength).key("attention.value_length", valueLength);
  }

  Blueprint rmsEpsilon() {
    return number("attention.layer_norm_rms_epsilon", NORM_EPSILON);
  }

  Blueprint key(String name, long value) {
    writer.putInteger(architecture + name, UINT32, value);
    return this;
  }

  Blueprint keys(String name, long... values) {
    writer.putIntegers(architecture + name, INT32, values);
    return this;
  }

  /** One value for each layer. */
  Blueprint keyEachLayer(String name, IntUnaryOperator value) {
    long[] values = new long[layers];
    for (int layer = 0; layer < layers; layer++) {
      values[layer] = value.applyAsInt(layer);
    }
    return keys(name, values);
  }

  Blueprint number(String name, double value) {
    writer.putNumber(architecture + name, FLOAT32, value);
    return this;
  }

  Blueprint flag(String name, boolean value) {
    writer.putBoolean(architecture + name, value);
    return this;
  }

  Blueprint text(String name, String value) {
    writer.putString(architecture + name, value);
    return this;
  }

  /** A key of no architecture. */
  Blueprint plainKey(String name, long value) {
    writer.putInteger(name, UINT32, value);
    return this;
  }

  // ---- tensors

  void eachLayer(IntConsumer drawing) {
    for (int layer = 0; layer < layers; layer++) {
      prefix = "blk." + layer + ".";
      drawing.accept(layer);
    }
    prefix = "";
  }

  /** A matrix in the wanted type; {@code .weight} is added to its name. */
  void matrix(String name, long rowLength, long... otherLengths) {
    tensors.addMatrix(weight(name), 1, rowLength, otherLengths);
  }

  /** A matrix that writes into the residual stream. */
  void residual(String name, long rowLength, long... otherLengths) {
    tensors.addMatrix(weight(name), residualScale(), rowLength, otherLengths);
  }

  /** Random values of a type of their own. */
  void stored(TensorType type, String name, long rowLength, long... otherLengths) {
    tensors.addRandom(weight(name), type, 1, rowLength, otherLengths);
  }

  void norm(String name, int length) {
    constant(name + ".weight", 1, length);
  }

  /** A norm of the layer kind, which has a bias. */
  void layerNorm(String name, int length) {
    norm(name, length);
    bias(name, length);
  }

  /** Zeros. */
  void bias(String name, long... lengths) {
    tensors.addConstant(prefix + name + ".bias", 0, lengths);
  }

  /** One value everywhere; the name is complete. */
  void constant(String name, double value, long... lengths) {
    tensors.addConstant(prefix + name, (float) value, lengths);
  }

  private String weight(String name) {
    return prefix + name + ".weight";
  }

  private double residualScale() {
    return 1 / Math.sqrt(2.0 * layers);
  }

  /**
   * {@code attn_q}, {@code attn_k}, {@code attn_v} and {@code attn_output}.
   *
   * @param queryParts 2 where a gate of the results stands beside each query, else 1
   */
  void attention(int dim, int heads, int keyValueHeads, int headLength, int queryParts) {
    matrix("attn_q", dim, (long) queryParts * heads * headLength);
    matrix("attn_k", dim, (long) keyValueHeads * headLength);
    matrix("attn_v", dim, (long) keyValueHeads * headLength);
    residual("attn_output", (long) heads * headLength, dim);
  }

  /** {@code ffn_gate}, {@code ffn_up} and {@code ffn_down} with a suffix. */
  void gatedFeedForward(String suffix, int dim, int hidden, long... experts) {
    matrix("ffn_gate" + suffix, dim, with(hidden, experts));
    matrix("ffn_up" + suffix, dim, with(hidden, experts));
    residual("ffn_down" + suffix, hidden, with(dim, experts));
  }

  private static long[] with(long length, long... experts) {
    return experts.length == 0 ? new long[] {length} : new long[] {length, experts[0]};
  }
}
