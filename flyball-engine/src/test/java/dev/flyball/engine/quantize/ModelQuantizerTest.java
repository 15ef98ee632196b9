package dev.flyball.engine.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flyball.engine.EngineException;
import dev.flyball.engine.SharedFolder;
import dev.flyball.engine.gguf.GgufFile;
import dev.flyball.engine.gguf.GgufTensor;
import dev.flyball.engine.gguf.GgufValueType;
import dev.flyball.engine.gguf.GgufWriter;
import dev.flyball.engine.synth.ModelShape;
import dev.flyball.engine.synth.SyntheticModel;
import dev.flyball.kernels.BlockDecoder;
import dev.flyball.kernels.TensorType;
import dev.flyball.kernels.quantize.BlockEncoder;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModelQuantizerTest {
  private static final QuantizationOptions Q4_0_WITH_Q8_0_EMBEDDING =
      new QuantizationOptions(
          Quantization.Q4_0, false, Optional.of(TensorType.Q8_0), Optional.empty(), false, 2);

  @TempDir private Path folder;

  @Test
  void demoModelBecomesLlamaQuantizesFilesByteForByte() throws IOException {
    Path source = SharedFolder.require("models/fable-5m-f16.gguf");
    Path q8 = folder.resolve("q8_0.gguf");
    Path q4 = folder.resolve("q4_0.gguf");

    quantize(source, q8, new QuantizationOptions(Quantization.Q8_0));
    quantize(source, q4, Q4_0_WITH_Q8_0_EMBEDDING);

    assertThat(Files.mismatch(q8, SharedFolder.require("models/fable-5m-q8_0.gguf"))).isEqualTo(-1);
    assertThat(Files.mismatch(q4, SharedFolder.require("models/fable-5m-q4_0.gguf"))).isEqualTo(-1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"quant-q4_k_m", "qwen3moe-q4_0", "deepseek2-q8_0", "gemma4-q8_0"})
  void typesAreThoseOfFilesThatLlamaQuantizeMade(String name) {
    Path golden = SharedFolder.require("golden/logits/models/" + name + ".gguf");
    boolean pure = !name.equals("quant-q4_k_m");
    Quantization mix =
        name.equals("quant-q4_k_m")
            ? Quantization.Q4_K_M
            : name.endsWith("q4_0") ? Quantization.Q4_0 : Quantization.Q8_0;
    QuantizationOptions options =
        new QuantizationOptions(mix, pure, Optional.empty(), Optional.empty(), true, 1);

    try (GgufFile file = GgufFile.open(golden)) {
      List<PlannedTensor> plan = QuantizationPlan.of(file, options);

      assertThat(plan.stream().map(planned -> planned.source().name()))
          .containsExactlyElementsOf(file.tensors().stream().map(GgufTensor::name).toList());
      assertThat(plan).noneMatch(PlannedTensor::isChanged);
    }
  }

  @ParameterizedTest
  @EnumSource(Quantization.class)
  void everyMixIsWrittenAndDecodesNearItsSource(Quantization mix) {
    Path source = synthetic("layers=1,dim=256,ffn=256,heads=4,kv-heads=2,vocab=512,context=64");
    Path target = folder.resolve("out.gguf");

    QuantizationResult result = quantize(source, target, new QuantizationOptions(mix));

    assertThat(result.replaced()).isEmpty();
    try (GgufFile before = GgufFile.open(source);
        GgufFile after = GgufFile.open(target)) {
      assertThat(after.metadata().integer("general.file_type")).isEqualTo(mix.fileType());
      assertThat(after.metadata().strings("tokenizer.ggml.tokens"))
          .isEqualTo(before.metadata().strings("tokenizer.ggml.tokens"));
      assertThat(after.tensors()).hasSameSizeAs(before.tensors());
      for (GgufTensor tensor : before.tensors()) {
        assertIsEncoded(tensor, after.tensor(tensor.name()));
      }
      assertThat(result.targetBytes())
          .isEqualTo(after.tensors().stream().mapToLong(t -> t.data().byteSize()).sum());
    }
  }

  private static void assertIsEncoded(GgufTensor before, GgufTensor after) {
    int count = (int) before.elements();
    float[] values = new float[count];
    BlockDecoder.decode(before.type(), before.data(), 0, values, 0, count);
    byte[] expected = new byte[(int) after.type().bytesFor(count)];
    BlockEncoder.encode(after.type(), values, 0, expected, 0, count);
    assertThat(after.shape()).isEqualTo(before.shape());
    assertThat(after.data().toArray(ValueLayout.JAVA_BYTE)).isEqualTo(expected);
  }

  @Test
  void mediumMixesGiveMoreBitsToSomeLayers() {
    Path source =
        synthetic("layers=16,dim=256,ffn=256,heads=2,kv-heads=2,vocab=512,context=64,tied");

    Map<String, TensorType> medium = types(source, Quantization.Q4_K_M);
    assertThat(layersOf(medium, "ffn_down", TensorType.Q6_K))
        .containsExactly(0, 1, 4, 7, 10, 13, 14, 15);
    assertThat(layersOf(medium, "attn_v", TensorType.Q6_K))
        .containsExactly(0, 1, 4, 7, 10, 13, 14, 15);
    assertThat(medium).containsEntry("token_embd.weight", TensorType.Q6_K);
    assertThat(medium).containsEntry("blk.3.attn_q.weight", TensorType.Q4_K);

    Map<String, TensorType> small = types(source, Quantization.Q4_K_S);
    assertThat(layersOf(small, "ffn_down", TensorType.Q5_K)).containsExactly(0, 1);
    assertThat(layersOf(small, "attn_v", TensorType.Q5_K)).containsExactly(0, 1, 2, 3);

    Map<String, TensorType> two = types(source, Quantization.Q2_K);
    assertThat(two).containsEntry("blk.3.attn_output.weight", TensorType.Q3_K);
    assertThat(two).containsEntry("blk.3.ffn_down.weight", TensorType.Q3_K);
    assertThat(two).containsEntry("blk.3.attn_norm.weight", TensorType.F32);
  }

  @Test
  void expertsAloneBecomeMxfp4() {
    Path source =
        synthetic(
            "layers=1,dim=64,ffn=64,heads=2,kv-heads=2,vocab=512,context=64,experts=4,"
                + "experts-used=2");

    Map<String, TensorType> types = types(source, Quantization.MXFP4_MOE);

    assertThat(types).containsEntry("blk.0.ffn_up_exps.weight", TensorType.MXFP4);
    assertThat(types).containsEntry("blk.0.attn_q.weight", TensorType.Q8_0);
    assertThat(types).containsEntry("token_embd.weight", TensorType.Q8_0);
    assertThat(types).containsEntry("blk.0.ffn_gate_inp.weight", TensorType.F32);
  }

  @Test
  void rowsThatAreNoWholeBlocksGetAnotherTypeAndAreReported() {
    Path source = folder.resolve("odd.gguf");
    matrices(Map.of("blk.0.attn_q.weight", 96, "blk.0.attn_k.weight", 24)).write(source);

    QuantizationResult result =
        quantize(source, folder.resolve("o.gguf"), new QuantizationOptions(Quantization.Q4_K_S));

    assertThat(result.replaced())
        .containsExactly(
            new QuantizationResult.Replaced(
                "blk.0.attn_k.weight", 24, TensorType.Q4_K, TensorType.F16),
            new QuantizationResult.Replaced(
                "blk.0.attn_q.weight", 96, TensorType.Q4_K, TensorType.Q5_0));
  }

  @Test
  void quantizedWeightsAreQuantizedAgainOnlyWhereAllowed() {
    Path source = synthetic("tiny");
    Path eight = folder.resolve("8.gguf");
    Path four = folder.resolve("4.gguf");
    quantize(source, eight, new QuantizationOptions(Quantization.Q8_0));

    assertThatThrownBy(() -> quantize(eight, four, new QuantizationOptions(Quantization.Q4_0)))
        .isInstanceOf(EngineException.class)
        .hasMessageContainingAll("8.gguf", "quantised already, to Q8_0");
    assertThat(four).doesNotExist();

    quantize(
        eight,
        four,
        new QuantizationOptions(
            Quantization.Q4_0, false, Optional.empty(), Optional.empty(), true, 1));
    assertThat(four).exists();
  }

  @Test
  void valuesThatAreNotFiniteLeaveNoFileBehind() throws IOException {
    Path source = folder.resolve("nan.gguf");
    byte[] content = new byte[4 * 64 * 2];
    BlockEncoder.encode(TensorType.F32, new float[128], 0, content, 0, 128);
    content[4 * 100 + 2] = (byte) 0x80;
    content[4 * 100 + 3] = 0x7F;
    general().addTensor("a.weight", TensorType.F32, List.of(64L, 2L), content).write(source);

    assertThatThrownBy(
            () -> quantize(source, folder.resolve("o"), new QuantizationOptions(Quantization.Q8_0)))
        .isInstanceOf(EngineException.class)
        .hasMessageContainingAll("tensor a.weight cannot be stored as Q8_0", "Infinity");

    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).containsExactly(source);
    }
  }

  @Test
  void sourceIsNotOverwritten() {
    Path source = synthetic("tiny");

    assertThatThrownBy(() -> quantize(source, source, new QuantizationOptions(Quantization.Q8_0)))
        .isInstanceOf(EngineException.class)
        .hasMessageContaining("is the file to be read");
  }

  @Test
  void namesAreReadInAnyCaseAndUnknownOnesRefused() {
    assertThat(Quantization.parse("q4_k")).isEqualTo(Quantization.Q4_K_M);
    assertThat(Quantization.parse("iq4_nl")).isEqualTo(Quantization.IQ4_NL);
    assertThatThrownBy(() -> Quantization.parse("Q9"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("Q9", "Q4_K_M", "MXFP4_MOE");
  }

  private static QuantizationResult quantize(
      Path source, Path target, QuantizationOptions options) {
    List<Long> done = new ArrayList<>(List.of(0L));
    QuantizationResult result =
        ModelQuantizer.write(
            source,
            target,
            options,
            (bytes, total) -> {
              assertThat(bytes).isGreaterThan(done.getLast()).isLessThanOrEqualTo(total);
              done.add(bytes);
            });
    assertThat(done.getLast()).isEqualTo(result.sourceBytes());
    return result;
  }

  private Path synthetic(String shape) {
    Path file = folder.resolve("source.gguf");
    SyntheticModel.write(ModelShape.parse(shape), TensorType.F32, 1, file, (_, _) -> {});
    return file;
  }

  private static Map<String, TensorType> types(Path source, Quantization mix) {
    Map<String, TensorType> types = new TreeMap<>();
    try (GgufFile file = GgufFile.open(source)) {
      for (PlannedTensor planned : QuantizationPlan.of(file, new QuantizationOptions(mix))) {
        types.put(planned.source().name(), planned.target());
      }
    }
    return types;
  }

  private static List<Integer> layersOf(
      Map<String, TensorType> types, String matrix, TensorType type) {
    return types.entrySet().stream()
        .filter(entry -> entry.getKey().endsWith(matrix + ".weight"))
        .filter(entry -> entry.getValue() == type)
        .map(entry -> MixRules.layer(entry.getKey()))
        .sorted()
        .toList();
  }

  private static GgufWriter general() {
    return new GgufWriter()
        .putString("general.architecture", "llama")
        .putInteger("llama.block_count", GgufValueType.UINT32, 1);
  }

  private static GgufWriter matrices(Map<String, Integer> columns) {
    GgufWriter writer = general();
    columns.forEach(
        (name, length) ->
            writer.addTensor(
                name, TensorType.F32, List.of((long) length, 2L), new byte[4 * 2 * length]));
    return writer;
  }
}
