package dev.flyball.engine.synth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flyball.engine.gguf.GgufFile;
import dev.flyball.engine.gguf.GgufMetadata;
import dev.flyball.engine.gguf.GgufSummary;
import dev.flyball.engine.gguf.GgufTensor;
import dev.flyball.kernels.BlockDecoder;
import dev.flyball.kernels.TensorType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SyntheticModelTest {
  private static final ModelShape TINY = ModelShape.parse("tiny");

  @TempDir private Path folder;

  private Path write(ModelShape shape, TensorType type, long seed) {
    Path path = folder.resolve(type + "-" + seed + ".gguf");
    SyntheticModel.write(shape, type, seed, path, (bytes, total) -> {});
    return path;
  }

  @ParameterizedTest
  @EnumSource(TensorType.class)
  void matricesHaveTheWantedType(TensorType type) {
    try (GgufFile file = GgufFile.open(write(TINY, type, 1))) {
      for (GgufTensor tensor : file.tensors()) {
        boolean norm = tensor.name().contains("norm");
        assertThat(tensor.type()).as(tensor.name()).isEqualTo(norm ? TensorType.F32 : type);
      }
      assertThat(file.tensors()).hasSize(1 + 2 * 9 + 1);
    }
  }

  @Test
  void hyperparametersAreNamedAsInRealFiles() {
    try (GgufFile file = GgufFile.open(write(TINY, TensorType.Q4_0, 1))) {
      GgufMetadata metadata = file.metadata();

      assertThat(metadata.architecture()).isEqualTo("llama");
      assertThat(metadata.integer("llama.block_count")).isEqualTo(2);
      assertThat(metadata.integer("llama.embedding_length")).isEqualTo(256);
      assertThat(metadata.integer("llama.feed_forward_length")).isEqualTo(768);
      assertThat(metadata.integer("llama.attention.head_count")).isEqualTo(4);
      assertThat(metadata.integer("llama.attention.head_count_kv")).isEqualTo(2);
      assertThat(metadata.integer("llama.context_length")).isEqualTo(2048);
      assertThat(metadata.number("llama.rope.freq_base")).isEqualTo(10_000);
      assertThat(GgufSummary.of(file).quantization()).isEqualTo("Q4_0");
      assertThat(file.tensor("token_embd.weight").shape()).containsExactly(256L, 1024L);
      assertThat(file.tensor("blk.1.attn_k.weight").shape()).containsExactly(256L, 128L);
      assertThat(file.tensor("blk.1.ffn_down.weight").shape()).containsExactly(768L, 256L);
      assertThat(file.find("output.weight")).isEmpty();
    }
  }

  @Test
  void theVocabularyHasAllBytesAndNoTwins() {
    try (GgufFile file = GgufFile.open(write(TINY, TensorType.Q4_0, 1))) {
      GgufMetadata metadata = file.metadata();
      List<String> tokens = metadata.strings("tokenizer.ggml.tokens");

      assertThat(tokens).hasSize(1024);
      assertThat(new HashSet<>(tokens)).hasSize(1024);
      assertThat(tokens.get('a')).isEqualTo("a");
      assertThat(tokens.get(' ')).isEqualTo("Ġ");
      assertThat(tokens.get('\n')).isEqualTo("Ċ");
      assertThat(tokens.get(0xAD)).isEqualTo("Ń");
      assertThat(metadata.integers("tokenizer.ggml.token_type")).hasSize(1024).endsWith(3, 3, 3, 3);
      int eos = (int) metadata.integer("tokenizer.ggml.eos_token_id");
      assertThat(tokens.get(eos)).isEqualTo("<|end_of_text|>");
      for (String merge : metadata.strings("tokenizer.ggml.merges")) {
        assertThat(tokens).contains(merge.replace(" ", ""));
      }
    }
  }

  @Test
  void mixturesOfExpertsHaveARouterAndStackedMatrices() {
    ModelShape shape =
        ModelShape.parse(
            "layers=1,dim=256,ffn=512,heads=4,vocab=512,context=64,experts=4,experts-used=2");

    try (GgufFile file = GgufFile.open(write(shape, TensorType.Q4_K, 1))) {
      assertThat(file.metadata().integer("llama.expert_count")).isEqualTo(4);
      assertThat(file.metadata().integer("llama.expert_used_count")).isEqualTo(2);
      assertThat(file.tensor("blk.0.ffn_gate_inp.weight").type()).isEqualTo(TensorType.F32);
      assertThat(file.tensor("blk.0.ffn_up_exps.weight").shape()).containsExactly(256L, 512L, 4L);
      assertThat(file.tensor("blk.0.ffn_down_exps.weight").shape()).containsExactly(512L, 256L, 4L);
      assertThat(file.find("output.weight")).isPresent();
    }
  }

  @Test
  void rowsThatAreNoWholeBlocksFallBack() {
    ModelShape shape =
        ModelShape.parse("layers=1,dim=96,ffn=100,heads=2,vocab=512,context=64,tied");

    try (GgufFile file = GgufFile.open(write(shape, TensorType.Q6_K, 1))) {
      assertThat(file.tensor("blk.0.attn_q.weight").type()).isEqualTo(TensorType.Q8_0);
      assertThat(file.tensor("blk.0.ffn_down.weight").type()).isEqualTo(TensorType.F16);
    }
  }

  @Test
  void theSameSeedGivesTheSameFile() throws IOException {
    byte[] first = Files.readAllBytes(write(TINY, TensorType.Q4_K, 7));
    byte[] again = Files.readAllBytes(write(TINY, TensorType.Q4_K, 7));
    byte[] other = Files.readAllBytes(write(TINY, TensorType.Q4_K, 8));

    assertThat(again).isEqualTo(first);
    assertThat(other).isNotEqualTo(first).hasSameSizeAs(first);
  }

  @Test
  void progressEndsWithTheWhole() {
    List<Long> written = new ArrayList<>();
    List<Long> totals = new ArrayList<>();

    SyntheticModel.write(
        TINY,
        TensorType.F32,
        1,
        folder.resolve("progress.gguf"),
        (bytes, total) -> {
          written.add(bytes);
          totals.add(total);
        });

    assertThat(written).isSorted().hasSizeGreaterThan(5);
    assertThat(written.getLast()).isEqualTo(totals.getLast());
  }

  @Test
  void llama3FrequenciesAreStretchedFromAQuarterOfTheTrainedContextOn() {
    float[] divisors = RopeShape.llama3(500_000, 32).divisors(64);

    assertThat(divisors).hasSize(32);
    assertThat(divisors[0]).isEqualTo(1);
    assertThat(divisors[14]).isEqualTo(1);
    assertThat(divisors[15]).isBetween(1f, 32f);
    assertThat(divisors[31]).isEqualTo(32);
    for (int i = 1; i < divisors.length; i++) {
      assertThat(divisors[i]).isGreaterThanOrEqualTo(divisors[i - 1]);
    }
  }

  @Test
  void weightsKeepANormalisedVectorsLength() {
    try (GgufFile file = GgufFile.open(write(TINY, TensorType.Q5_K, 1))) {
      GgufTensor matrix = file.tensor("blk.0.attn_q.weight");
      float[] row = new float[256];
      double squares = 0;
      for (int r = 0; r < matrix.rows(); r++) {
        BlockDecoder.decode(
            matrix.type(), matrix.data(), r * matrix.type().bytesFor(256), row, 0, 256);
        for (float value : row) {
          squares += (double) value * value;
        }
      }
      assertThat(squares / matrix.rows()).isBetween(0.8, 1.25);
    }
  }
}
