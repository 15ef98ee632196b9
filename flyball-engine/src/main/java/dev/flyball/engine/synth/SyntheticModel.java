package dev.flyball.engine.synth;

import static dev.flyball.engine.gguf.GgufValueType.FLOAT32;
import static dev.flyball.engine.gguf.GgufValueType.UINT32;

import dev.flyball.engine.gguf.GgufFileType;
import dev.flyball.engine.gguf.GgufWriter;
import dev.flyball.kernels.TensorType;
import java.io.UncheckedIOException;
import java.nio.file.Path;

/**
 * Writes models with random weights: files that load, serve and take as long for a token as a
 * trained model of the same shape, but say nothing. Keys and tensors are named as in real files.
 */
public final class SyntheticModel {
  private static final double NORM_EPSILON = 1e-5;

  private SyntheticModel() {}

  /**
   * Writes a model. The file is streamed: memory does not grow with its size.
   *
   * @param type how matrices and embeddings are stored; where a row does not divide into its
   *     blocks, a matrix falls back as {@link StoredType} says. Norms and routers are F32.
   * @param seed of the weights; the same seed gives the same file
   * @throws UncheckedIOException where the file cannot be written; nothing is left behind then
   */
  public static void write(
      SyntheticShape shape, TensorType type, long seed, Path target, Progress callback) {
    GgufWriter writer = new GgufWriter();
    SyntheticTensors tensors = new SyntheticTensors(writer, type, seed, callback);
    switch (shape) {
      case ModelShape llama -> {
        putGeneral(writer, "llama", llama, type);
        putHyperparameters(writer, llama);
        tensors.addAll(llama);
      }
      case FamilyShape family -> {
        putGeneral(writer, family.architecture(), family, type);
        family.drawOn(new Blueprint(writer, tensors, family));
      }
    }
    new SyntheticVocabulary(shape.vocabulary()).putInto(writer);
    writer.write(target);
    callback.written(writer.tensorBytes(), writer.tensorBytes());
  }

  private static void putGeneral(
      GgufWriter writer, String architecture, SyntheticShape shape, TensorType type) {
    writer
        .putString("general.architecture", architecture)
        .putString("general.type", "model")
        .putString("general.name", shape.name() + " (random weights)")
        .putInteger("general.file_type", UINT32, GgufFileType.of(type))
        .putInteger("general.quantization_version", UINT32, 2);
  }

  private static void putHyperparameters(GgufWriter writer, ModelShape shape) {
    writer
        .putInteger("llama.block_count", UINT32, shape.layers())
        .putInteger("llama.context_length", UINT32, shape.contextLength())
        .putInteger("llama.embedding_length", UINT32, shape.embeddingLength())
        .putInteger("llama.feed_forward_length", UINT32, shape.feedForwardLength())
        .putInteger("llama.vocab_size", UINT32, shape.vocabulary())
        .putInteger("llama.attention.head_count", UINT32, shape.heads())
        .putInteger("llama.attention.head_count_kv", UINT32, shape.keyValueHeads())
        .putInteger("llama.attention.key_length", UINT32, shape.headLength())
        .putInteger("llama.attention.value_length", UINT32, shape.headLength())
        .putNumber("llama.attention.layer_norm_rms_epsilon", FLOAT32, NORM_EPSILON)
        .putInteger("llama.rope.dimension_count", UINT32, shape.headLength())
        .putNumber("llama.rope.freq_base", FLOAT32, shape.rope().base());
    if (shape.experts() > 0) {
      writer
          .putInteger("llama.expert_count", UINT32, shape.experts())
          .putInteger("llama.expert_used_count", UINT32, shape.expertsUsed());
    }
  }
}
