package dev.flyball.engine.model;

import dev.flyball.engine.gguf.GgufFile;
import dev.flyball.engine.gguf.GgufTensor;
import dev.flyball.engine.gguf.GgufValueType;
import dev.flyball.engine.gguf.GgufWriter;
import dev.flyball.engine.model.TinyModel.Tensor;
import dev.flyball.kernels.TensorType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;

/**
 * A random adapter of a model with F32 weights.
 *
 * @param pairs by the name of what they adapt
 */
public record TinyAdapter(String architecture, float alpha, Map<String, Pair> pairs) {
  /**
   * In GGUF's order of lengths.
   *
   * @param down (columns, rank)
   * @param up (rank, rows)
   */
  record Pair(Tensor down, Tensor up) {}

  /** Adapts these tensors of (columns, rows), each with a rank. */
  static TinyAdapter random(
      Random random, float alpha, Map<String, Tensor> tensors, Map<String, Integer> ranks) {
    Map<String, Pair> pairs = new LinkedHashMap<>();
    ranks.forEach(
        (name, rank) -> {
          List<Long> shape = Objects.requireNonNull(tensors.get(name), name).shape();
          pairs.put(
              name,
              new Pair(
                  tensor(random, shape.get(0), rank, 1 / Math.sqrt(shape.get(0))),
                  tensor(random, rank, shape.get(1), 1 / Math.sqrt(rank))));
        });
    return new TinyAdapter("llama", alpha, pairs);
  }

  /** Adapts the matrices of a model's layers whose names have a match. */
  public static TinyAdapter of(Path base, Random random, String names, int rank) {
    try (GgufFile file = GgufFile.open(base)) {
      Map<String, Tensor> shapes = new LinkedHashMap<>();
      Map<String, Integer> ranks = new LinkedHashMap<>();
      for (GgufTensor tensor : file.tensors()) {
        if (tensor.shape().size() == 2 && tensor.name().matches("blk.*(" + names + ").*")) {
          shapes.put(tensor.name(), new Tensor(tensor.shape(), new float[0]));
          ranks.put(tensor.name(), rank);
        }
      }
      return random(random, rank, shapes, ranks);
    }
  }

  static Tensor tensor(Random random, long columns, long rows, double spread) {
    float[] values = new float[(int) (columns * rows)];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (spread * random.nextGaussian());
    }
    return new Tensor(List.of(columns, rows), values);
  }

  /** {@code weight += scale * alpha / rank * up @ down}, the same model without an adapter. */
  void mergeInto(Map<String, Tensor> tensors, float scale) {
    pairs.forEach(
        (name, pair) -> {
          Tensor base = Objects.requireNonNull(tensors.get(name), name);
          float[] merged = base.values().clone();
          int columns = (int) (long) base.shape().get(0);
          int rank = (int) (long) pair.down().shape().get(1);
          double factor = scale * (alpha == 0 ? 1 : alpha / rank);
          for (int i = 0; i < merged.length; i++) {
            double sum = 0;
            for (int r = 0; r < rank; r++) {
              sum +=
                  (double) pair.up().values()[i / columns * rank + r]
                      * pair.down().values()[r * columns + i % columns];
            }
            merged[i] += (float) (factor * sum);
          }
          tensors.put(name, new Tensor(base.shape(), merged));
        });
  }

  /** Writes the file and gives its path. */
  public Path write(Path file) {
    GgufWriter writer =
        new GgufWriter()
            .putString("general.architecture", architecture)
            .putString("general.type", "adapter")
            .putString("adapter.type", "lora")
            .putNumber("adapter.lora.alpha", GgufValueType.FLOAT32, alpha);
    pairs.forEach(
        (name, pair) -> {
          add(writer, name + ".lora_a", pair.down());
          add(writer, name + ".lora_b", pair.up());
        });
    writer.write(file);
    return file;
  }

  private static void add(GgufWriter writer, String name, Tensor tensor) {
    ByteBuffer bytes =
        ByteBuffer.allocate(tensor.values().length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(tensor.values());
    writer.addTensor(name, TensorType.F32, tensor.shape(), bytes.array());
  }
}
