package dev.flyball.engine.model;

import dev.flyball.engine.gguf.GgufValueType;
import dev.flyball.engine.gguf.GgufWriter;
import dev.flyball.kernels.TensorType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * A model file with F32 weights.
 *
 * @param keys without the architecture; values are Integer, Double, Boolean, int[], boolean[] or
 *     String
 */
record TinyModel(String architecture, Map<String, Object> keys, Map<String, Tensor> tensors) {
  /** A tensor in GGUF's order of lengths. */
  @SuppressWarnings("ArrayRecordComponent") // read-only test data
  record Tensor(List<Long> shape, float[] values) {}

  /** Writes the file and gives its path. */
  Path write(Path file) {
    addTo(new GgufWriter().putString("general.architecture", architecture)).write(file);
    return file;
  }

  /** Adds keys and tensors. */
  GgufWriter addTo(GgufWriter writer) {
    keys.forEach((key, value) -> put(writer, architecture + "." + key, value));
    tensors.forEach(
        (name, tensor) -> {
          ByteBuffer bytes =
              ByteBuffer.allocate(tensor.values().length * Float.BYTES)
                  .order(ByteOrder.LITTLE_ENDIAN);
          bytes.asFloatBuffer().put(tensor.values());
          writer.addTensor(name, TensorType.F32, tensor.shape(), bytes.array());
        });
    return writer;
  }

  private static void put(GgufWriter writer, String key, Object value) {
    switch (value) {
      case Integer integer ->
          writer.putInteger(key, integer < 0 ? GgufValueType.INT32 : GgufValueType.UINT32, integer);
      case Double number -> writer.putNumber(key, GgufValueType.FLOAT32, number);
      case int[] array ->
          writer.putIntegers(
              key, GgufValueType.INT32, Arrays.stream(array).asLongStream().toArray());
      case boolean[] flags -> writer.putBooleans(key, flags);
      case Boolean flag -> writer.putBoolean(key, flag);
      case String text -> writer.putString(key, text);
      default -> throw new IllegalArgumentException(key + " = " + value);
    }
  }
}
