package dev.flyball.engine.vision;

import dev.flyball.engine.EngineError;
import dev.flyball.engine.EngineException;
import dev.flyball.engine.gguf.GgufFile;
import dev.flyball.engine.gguf.GgufMetadata;
import dev.flyball.engine.model.AttentionShape;
import dev.flyball.engine.model.AttentionSpec;
import dev.flyball.engine.model.BranchSpec;
import dev.flyball.engine.model.DecoderSpec;
import dev.flyball.engine.model.FeedForwardSpec;
import dev.flyball.engine.model.ModelOptions;
import dev.flyball.engine.model.ModelSource;
import dev.flyball.engine.model.TensorGroup;
import dev.flyball.engine.model.arithmetic.Activation;
import dev.flyball.kernels.StoredMatrix;
import java.util.List;
import java.util.Optional;

/**
 * The projector of Gemma 3 as read from a file, everything checked, no memory spent: a tower of
 * SigLIP (arXiv:2303.15343), whose patches are averaged in squares, normed and projected to vectors
 * of the text model (arXiv:2503.19786).
 *
 * @param side pixels of the square that pictures are brought to
 * @param patch pixels of a patch's side
 * @param pooled patches of the side of a square that becomes one vector
 * @param mean of red, green and blue, of values from 0 to 1
 * @param deviation likewise
 * @param patches (columns, channels * patch * patch): from a patch's pixels to its vector
 * @param patchBias (columns), where there is one
 * @param tower the transformer
 * @param norm (columns): weights of the RMS norm behind the averages
 * @param epsilon of that norm
 * @param projection (columns, text columns): a row for each input
 */
@SuppressWarnings("ArrayRecordComponent") // never compared; written once
record VisionSpec(
    int side,
    int patch,
    int pooled,
    float[] mean,
    float[] deviation,
    StoredMatrix patches,
    Optional<float[]> patchBias,
    DecoderSpec tower,
    float[] norm,
    double epsilon,
    StoredMatrix projection) {

  static final String ARCHITECTURE = "clip";
  private static final String TYPE = "clip.projector_type";
  private static final String GEMMA3 = "gemma3";
  private static final int POOLED_BY_DEFAULT = 4;

  /** The model's text family that the projector is for. */
  static final String TEXT_ARCHITECTURE = "gemma3";

  /**
   * Reads a file.
   *
   * @throws EngineException UNSUPPORTED_MODEL where it is no projector, or another one's;
   *     FILE_CORRUPT where keys or tensors are missing or do not fit together
   */
  static VisionSpec read(GgufFile file, ModelOptions options) {
    requireGemma3(file);
    GgufMetadata metadata = file.metadata();
    int side = length(metadata, "clip.vision.image_size", 8192);
    int patch = length(metadata, "clip.vision.patch_size", 1024);
    int pooled =
        metadata.has("clip.vision.projector.scale_factor")
            ? length(metadata, "clip.vision.projector.scale_factor", 64)
            : POOLED_BY_DEFAULT;
    int perSide = side / patch;
    if (side % patch != 0 || perSide % pooled != 0) {
      throw metadata.invalid(
          "clip.vision.image_size",
          "%d pixels are no whole squares of %d patches of %d pixels"
              .formatted(side, pooled, patch));
    }
    int count = perSide * perSide;
    if (count > ModelOptions.MAX_BATCH_TOKENS) {
      throw metadata.invalid(
          "clip.vision.image_size",
          "makes for %d patches; at most %d are possible"
              .formatted(count, ModelOptions.MAX_BATCH_TOKENS));
    }
    ModelSource source = ModelSource.ofVision(file, options.withMaxBatchTokens(count), count);
    TensorGroup root = source.root();
    int columns = source.config().embeddingLength();
    VisionSpec spec =
        new VisionSpec(
            side,
            patch,
            pooled,
            colours(metadata, "clip.vision.image_mean"),
            colours(metadata, "clip.vision.image_std"),
            root.squares("v.patch_embd.weight", columns, Picture.CHANNELS, patch),
            root.findVector("v.patch_embd.bias", columns),
            tower(file, source, count),
            root.vector("mm.soft_emb_norm.weight", columns),
            source.keys().positive("attention.layer_norm_epsilon"),
            root.matrix(
                "mm.input_projection.weight",
                columns,
                file.tensor("mm.input_projection.weight").shape().getFirst()));
    source.requireAllUsed();
    return spec;
  }

  private static void requireGemma3(GgufFile file) {
    GgufMetadata metadata = file.metadata();
    String problem =
        !metadata.architecture().equals(ARCHITECTURE)
            ? "is a model of architecture \"%s\"; a projector's is \"%s\""
                .formatted(metadata.architecture(), ARCHITECTURE)
            : metadata.findString(TYPE).filter(GEMMA3::equals).isEmpty()
                ? "is a projector of type \"%s\"; the one supported is \"%s\""
                    .formatted(metadata.findString(TYPE).orElse("none"), GEMMA3)
                : "";
    if (!problem.isEmpty()) {
      throw new EngineException(
          EngineError.UNSUPPORTED_MODEL, file.parts().getFirst() + ": " + problem);
    }
  }

  private static DecoderSpec tower(GgufFile file, ModelSource source, int patches) {
    AttentionShape shape = source.wholeTextShape();
    int hidden = source.keys().count("feed_forward_length");
    requireGelu(file);
    boolean swapped = hasSwappedNetworks(file, source.config().embeddingLength());
    List<BranchSpec> branches =
        source.branches(
            layer ->
                List.of(
                    BranchSpec.preNorm(
                        layer.layerNorm("ln1"),
                        AttentionSpec.of(layer, shape).output("attn_out").read()),
                    BranchSpec.preNorm(layer.layerNorm("ln2"), network(layer, hidden, swapped))));
    int columns = source.config().embeddingLength();
    return source.imageEncoder(
        source.root().matrix("v.position_embd.weight", patches, columns),
        branches,
        source.root().layerNorm("v.post_ln"));
  }

  private static void requireGelu(GgufFile file) {
    if (!file.metadata().findBoolean("clip.use_gelu").orElse(false)) {
      throw new EngineException(
          EngineError.UNSUPPORTED_MODEL,
          file.parts().getFirst()
              + ": key \"clip.use_gelu\" is not true; the tower is known with GELU only");
    }
  }

  /** Early files have the names of both matrices swapped. */
  private static boolean hasSwappedNetworks(GgufFile file, int columns) {
    return file.tensor("v.blk.0.ffn_down.weight").shape().getFirst() == columns;
  }

  private static FeedForwardSpec network(TensorGroup layer, int hidden, boolean swapped) {
    return swapped
        ? FeedForwardSpec.ungated(layer, "ffn_down", "ffn_up", hidden, Activation.GELU)
        : FeedForwardSpec.ungated(layer, hidden, Activation.GELU);
  }

  private static int length(GgufMetadata metadata, String key, int most) {
    long value = metadata.integer(key);
    if (value < 1 || value > most) {
      throw metadata.invalid(key, "should be 1 to %d but is %d".formatted(most, value));
    }
    return (int) value;
  }

  private static float[] colours(GgufMetadata metadata, String key) {
    float[] values = metadata.numbers(key);
    if (values.length != Picture.CHANNELS) {
      throw metadata.invalid(key, "has %d numbers; it should be 3".formatted(values.length));
    }
    for (float value : values) {
      if (!Float.isFinite(value) || (key.endsWith("std") && value <= 0)) {
        throw metadata.invalid(key, "has " + value);
      }
    }
    return values;
  }

  /** Patches along a side. */
  int patchesPerSide() {
    return side / patch;
  }

  /** Vectors that a picture becomes. */
  int tokens() {
    int perSide = patchesPerSide() / pooled;
    return perSide * perSide;
  }

  /** Values of a vector inside the tower. */
  int columns() {
    return tower.config().embeddingLength();
  }

  /** Values of a vector of the text model. */
  int textColumns() {
    return projection.columns();
  }
}
