package dev.flyball.engine.synth;

import dev.flyball.engine.gguf.GgufWriter;
import dev.flyball.kernels.TensorType;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;

/**
 * Adds a model's tensors to a file to be written. A matrix W (rows n, row length d) has weights of
 * deviation 1/sqrt(d), so that a normalised vector stays of length 1; the two that write into the
 * residual stream are smaller by sqrt(2 layers), so that it does not grow with depth.
 */
final class SyntheticTensors {
  /** Large enough that a call to the operating system costs nothing, small enough for the cache. */
  private static final int CHUNK_BYTES = 1 << 20;

  private final GgufWriter writer;
  private final TensorType type;
  private final long seed;
  private final Progress callback;
  private long writtenBytes;

  SyntheticTensors(GgufWriter writer, TensorType type, long seed, Progress callback) {
    this.writer = writer;
    this.type = type;
    this.seed = seed;
    this.callback = callback;
  }

  void addAll(ModelShape shape) {
    long dim = shape.embeddingLength();
    addMatrix("token_embd.weight", 1, dim, shape.vocabulary());
    if (shape.rope().isScaled()) {
      float[] divisors = shape.rope().divisors(shape.headLength());
      addFloats("rope_freqs.weight", divisors, divisors.length);
    }
    for (int layer = 0; layer < shape.layers(); layer++) {
      addAttention("blk." + layer + ".", shape);
      addFeedForward("blk." + layer + ".", shape);
    }
    addNorm("output_norm.weight", shape);
    if (!shape.tiedOutput()) {
      addMatrix("output.weight", 1, dim, shape.vocabulary());
    }
  }

  private void addAttention(String prefix, ModelShape shape) {
    long dim = shape.embeddingLength();
    long queryLength = (long) shape.heads() * shape.headLength();
    long keyLength = (long) shape.keyValueHeads() * shape.headLength();
    addNorm(prefix + "attn_norm.weight", shape);
    addMatrix(prefix + "attn_q.weight", 1, dim, queryLength);
    addMatrix(prefix + "attn_k.weight", 1, dim, keyLength);
    addMatrix(prefix + "attn_v.weight", 1, dim, keyLength);
    addMatrix(prefix + "attn_output.weight", residualScale(shape), queryLength, dim);
  }

  private void addFeedForward(String prefix, ModelShape shape) {
    long dim = shape.embeddingLength();
    long ffn = shape.feedForwardLength();
    addNorm(prefix + "ffn_norm.weight", shape);
    if (shape.experts() == 0) {
      addMatrix(prefix + "ffn_gate.weight", 1, dim, ffn);
      addMatrix(prefix + "ffn_up.weight", 1, dim, ffn);
      addMatrix(prefix + "ffn_down.weight", residualScale(shape), ffn, dim);
      return;
    }
    long experts = shape.experts();
    addRandom(prefix + "ffn_gate_inp.weight", TensorType.F32, 1, dim, experts);
    addMatrix(prefix + "ffn_gate_exps.weight", 1, dim, ffn, experts);
    addMatrix(prefix + "ffn_up_exps.weight", 1, dim, ffn, experts);
    addMatrix(prefix + "ffn_down_exps.weight", residualScale(shape), ffn, dim, experts);
  }

  private static double residualScale(ModelShape shape) {
    return 1 / Math.sqrt(2.0 * shape.layers());
  }

  private void addNorm(String name, ModelShape shape) {
    addConstant(name, 1, shape.embeddingLength());
  }

  /** Adds floats that are all the same. */
  void addConstant(String name, float value, long... lengths) {
    float[] values =
        new float[Math.toIntExact(LongStream.of(lengths).reduce(1, Math::multiplyExact))];
    Arrays.fill(values, value);
    addFloats(name, values, lengths);
  }

  private void addFloats(String name, float[] values, long... lengths) {
    ByteBuffer bytes =
        ByteBuffer.allocate(Float.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    List<Long> shape = LongStream.of(lengths).boxed().toList();
    writer.addTensor(name, TensorType.F32, shape, bytes.array());
  }

  /** Adds a matrix whose values have the deviation {@code scale} / sqrt(row length). */
  void addMatrix(String name, double scale, long rowLength, long... otherLengths) {
    addRandom(name, StoredType.of(type, rowLength), scale, rowLength, otherLengths);
  }

  /** As {@link #addMatrix}, of a given type whose blocks divide the rows. */
  void addRandom(
      String name, TensorType stored, double scale, long rowLength, long... otherLengths) {
    List<Long> shape =
        LongStream.concat(LongStream.of(rowLength), LongStream.of(otherLengths)).boxed().toList();
    long bytes = stored.bytesFor(shape.stream().reduce(1L, Math::multiplyExact));
    double deviation = scale / Math.sqrt((double) rowLength);
    writer.addTensor(name, stored, shape, out -> writeRandom(out, name, stored, deviation, bytes));
  }

  private void writeRandom(
      OutputStream out, String name, TensorType stored, double deviation, long bytes)
      throws IOException {
    RandomBlocks blocks = new RandomBlocks(stored, deviation, seed * 31 + name.hashCode());
    int wholeBlocks = CHUNK_BYTES - CHUNK_BYTES % stored.blockBytes();
    byte[] chunk = new byte[(int) Math.min(wholeBlocks, bytes)];
    for (long left = bytes; left > 0; left -= chunk.length) {
      blocks.fill(chunk);
      int count = (int) Math.min(chunk.length, left);
      out.write(chunk, 0, count);
      writtenBytes += count;
      callback.written(writtenBytes, writer.tensorBytes());
    }
  }
}
