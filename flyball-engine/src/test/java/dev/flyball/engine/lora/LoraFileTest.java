package dev.flyball.engine.lora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flyball.engine.EngineError;
import dev.flyball.engine.EngineException;
import dev.flyball.engine.gguf.GgufValueType;
import dev.flyball.engine.gguf.GgufWriter;
import dev.flyball.kernels.TensorType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LoraFileTest {
  @TempDir private Path folder;

  @Test
  void pairsAreReadWithTheirFactor() {
    GgufWriter writer = lora(12);
    add(writer, "blk.0.attn_q.weight.lora_a", 1, 8, 4);
    add(writer, "blk.0.attn_q.weight.lora_b", 1, 4, 6);
    try (LoraFile file = LoraFile.open(write(writer))) {
      assertThat(file.architecture()).isEqualTo("llama");
      LoraPair pair = file.pairs().getFirst();
      assertThat(pair.tensor()).isEqualTo("blk.0.attn_q.weight");
      assertThat(pair.rank()).isEqualTo(4);
      assertThat(pair.factor()).isEqualTo(3);
      assertThat(pair.down().columns()).isEqualTo(8);
      assertThat(pair.up().rows()).isEqualTo(6);
    }
  }

  @Test
  void fingerprintsDifferByEveryValueAndByAlpha() {
    assertThat(fingerprint(4, 1)).isEqualTo(fingerprint(4, 1));
    assertThat(fingerprint(4, 1)).isNotEqualTo(fingerprint(5, 1));
    assertThat(fingerprint(4, 1)).isNotEqualTo(fingerprint(4, 2));
  }

  private String fingerprint(float alpha, float last) {
    GgufWriter writer = lora(alpha);
    add(writer, "w.weight.lora_a", 1, 2000, 1);
    add(writer, "w.weight.lora_b", last, 1, 2000);
    try (LoraFile file = LoraFile.open(write(writer))) {
      return file.fingerprint();
    }
  }

  @Test
  void whatIsNoAdapterOrOneOfAnotherKindIsNamed() {
    GgufWriter model = new GgufWriter().putString("general.architecture", "llama");
    assertRefused(model, EngineError.INVALID_INPUT, "general.type is \"model\"");
    GgufWriter control =
        new GgufWriter()
            .putString("general.type", "adapter")
            .putString("adapter.type", "control_vector");
    assertRefused(control, EngineError.UNSUPPORTED_MODEL, "adapter.type is \"control_vector\"");
    GgufWriter activated =
        lora(1).putIntegers("adapter.alora.invocation_tokens", GgufValueType.UINT32, 1, 2);
    assertRefused(activated, EngineError.UNSUPPORTED_MODEL, "activated LoRA");
    assertRefused(lora(1), EngineError.FILE_CORRUPT, "it has no tensors");
  }

  @Test
  void tensorsThatDoNotFitTogetherAreNamed() {
    GgufWriter lonely = lora(1);
    add(lonely, "w.weight.lora_a", 1, 8, 4);
    assertRefused(lonely, EngineError.FILE_CORRUPT, "\"w.weight.lora_a\" has no partner .lora_b");
    GgufWriter other = lora(1);
    add(other, "w.weight.lora_b", 1, 4, 8);
    assertRefused(other, EngineError.FILE_CORRUPT, "\"w.weight.lora_b\" has no partner .lora_a");
    GgufWriter ranks = lora(1);
    add(ranks, "w.weight.lora_a", 1, 8, 4);
    add(ranks, "w.weight.lora_b", 1, 5, 6);
    assertRefused(ranks, EngineError.FILE_CORRUPT, "the ranks of \"w.weight\" differ: 4");
    GgufWriter large = lora(1);
    add(large, "w.weight.lora_a", 1, 2, 1025);
    add(large, "w.weight.lora_b", 1, 1025, 2);
    assertRefused(large, EngineError.UNSUPPORTED_MODEL, "rank 1025; at most 1024");
    GgufWriter experts = lora(1);
    add(experts, "w.weight.lora_a", 1, 8, 4, 2);
    add(experts, "w.weight.lora_b", 1, 4, 8, 2);
    assertRefused(experts, EngineError.UNSUPPORTED_MODEL, "adapters of routed experts");
    GgufWriter norm = lora(1);
    add(norm, "attn_norm.weight", 1, 8);
    assertRefused(norm, EngineError.UNSUPPORTED_MODEL, "\"attn_norm.weight\" is neither");
  }

  private void assertRefused(GgufWriter writer, EngineError error, String message) {
    Path file = write(writer);
    assertThatThrownBy(() -> LoraFile.open(file))
        .isInstanceOfSatisfying(
            EngineException.class, failure -> assertThat(failure.error()).isEqualTo(error))
        .hasMessageContaining(file + ": ")
        .hasMessageContaining(message);
  }

  private static GgufWriter lora(float alpha) {
    return new GgufWriter()
        .putString("general.architecture", "llama")
        .putString("general.type", "adapter")
        .putString("adapter.type", "lora")
        .putNumber("adapter.lora.alpha", GgufValueType.FLOAT32, alpha);
  }

  /** A tensor of ones whose last value is another. */
  private static void add(GgufWriter writer, String name, float last, long... shape) {
    int count = (int) LongStream.of(shape).reduce(1, Math::multiplyExact);
    ByteBuffer values = ByteBuffer.allocate(4 * count).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < count; i++) {
      values.putFloat(i == count - 1 ? last : 1);
    }
    List<Long> lengths = LongStream.of(shape).boxed().toList();
    writer.addTensor(name, TensorType.F32, lengths, values.array());
  }

  private Path write(GgufWriter writer) {
    Path file = folder.resolve("adapter.gguf");
    writer.write(file);
    return file;
  }
}
