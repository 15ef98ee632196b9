package dev.flyball.engine.quantize;

import static dev.flyball.kernels.TensorType.MXFP4;
import static dev.flyball.kernels.TensorType.Q3_K;
import static dev.flyball.kernels.TensorType.Q4_1;
import static dev.flyball.kernels.TensorType.Q4_K;
import static dev.flyball.kernels.TensorType.Q5_1;
import static dev.flyball.kernels.TensorType.Q5_K;
import static dev.flyball.kernels.TensorType.Q6_K;
import static dev.flyball.kernels.TensorType.Q8_0;

import dev.flyball.engine.gguf.GgufTensor;
import dev.flyball.kernels.TensorType;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which format a mix gives a matrix: values, output and the second matrix of the feed-forward block
 * suffer most from few bits, in the first and last layers above all, and get more. To be asked for
 * the tensors of a model in the order of its layers; not thread-safe.
 *
 * <p>Source: llama-quantize. Its exceptions for the architecture {@code falcon} are left out.
 */
final class MixRules {
  private static final Pattern LAYER = Pattern.compile("blk\\.(\\d{1,9})\\..*");

  private final Quantization mix;
  private final boolean byImportance;
  private final ModelTraits model;
  private int values;
  private int downs;

  /**
   * @param byImportance whether there is an importance matrix
   */
  MixRules(Quantization mix, boolean byImportance, ModelTraits model) {
    this.mix = mix;
    this.byImportance = byImportance;
    this.model = model;
  }

  /** The layer that a tensor's name tells, or -1. */
  static int layer(String name) {
    Matcher matcher = LAYER.matcher(name);
    return matcher.matches() ? Integer.parseInt(matcher.group(1)) : -1;
  }

  TensorType choose(GgufTensor tensor) {
    TensorRole role = TensorRole.of(tensor.name());
    boolean isOutput =
        role == TensorRole.OUTPUT || (model.tiedEmbedding() && role == TensorRole.TOKEN_EMBEDDING);
    if (isOutput) {
      return output(tensor);
    }
    if (mix == Quantization.MXFP4_MOE) {
      return tensor.shape().size() > 2 && tensor.shape().get(2) > 1 ? MXFP4 : Q8_0;
    }
    return switch (role) {
      case ATTENTION_VALUE -> value(values++);
      case ATTENTION_KEY -> model.experts() == 8 ? Q8_0 : mix.type();
      case ATTENTION_OUTPUT -> attentionOutput();
      case FEED_FORWARD_DOWN -> {
        int counted = downs++;
        yield down(model.experts() > 1 ? layer(tensor.name()) : counted);
      }
      case TOKEN_EMBEDDING, OUTPUT, OTHER -> mix.type();
    };
  }

  private TensorType output(GgufTensor tensor) {
    boolean asBytes =
        mix == Quantization.MXFP4_MOE
            || mix == Quantization.Q8_0
            || tensor.rowLength() % mix.type().blockElements() != 0;
    return asBytes ? Q8_0 : Q6_K;
  }

  private TensorType value(int place) {
    if (model.experts() == 8) {
      return Q8_0;
    }
    boolean shared = model.queryHeadsPerKeyHead() >= 4;
    TensorType type =
        switch (mix) {
          case Q2_K -> shared ? Q4_K : Q3_K;
          case Q3_K_M -> place < 2 ? Q5_K : Q4_K;
          case Q3_K_L -> Q5_K;
          case IQ4_NL, IQ4_XS -> shared ? Q5_K : mix.type();
          case Q4_K_M, Q5_K_M -> needsMoreBits(place, model.values()) ? Q6_K : mix.type();
          case Q4_K_S -> place < 4 ? Q5_K : Q4_K;
          case F32, F16, BF16, Q8_0, Q4_0, Q4_1, Q5_0, Q5_1, Q3_K_S, Q5_K_S, Q6_K, MXFP4_MOE ->
              mix.type();
        };
    return model.ofSeventyBillion() && (type == Q3_K || type == Q4_K) ? Q5_K : type;
  }

  private TensorType attentionOutput() {
    boolean eight = model.experts() == 8;
    return switch (mix) {
      case Q2_K -> eight ? Q5_K : Q3_K;
      case Q3_K_M -> eight ? Q5_K : Q4_K;
      case Q3_K_L -> eight ? mix.type() : Q5_K;
      case Q3_K_S, Q4_K_S, Q4_K_M, IQ4_NL, IQ4_XS -> eight ? Q5_K : mix.type();
      case F32, F16, BF16, Q8_0, Q4_0, Q4_1, Q5_0, Q5_1, Q5_K_S, Q5_K_M, Q6_K, MXFP4_MOE ->
          mix.type();
    };
  }

  private TensorType down(int layer) {
    boolean inFirstEighth = layer < model.layers() / 8;
    return switch (mix) {
      case Q2_K -> Q3_K;
      case Q3_K_M -> layer < model.layers() / 16 ? Q5_K : Q4_K;
      case Q3_K_L -> Q5_K;
      case Q4_K_M, Q5_K_M -> needsMoreBits(layer, model.layers()) ? Q6_K : mix.type();
      case Q4_K_S -> inFirstEighth ? Q5_K : mix.type();
      case IQ4_NL, IQ4_XS -> inFirstEighth && !byImportance ? Q5_K : mix.type();
      case Q4_0 -> inFirstEighth && byImportance ? Q4_1 : mix.type();
      case Q5_0 -> inFirstEighth && byImportance ? Q5_1 : mix.type();
      case F32, F16, BF16, Q8_0, Q4_1, Q5_1, Q3_K_S, Q5_K_S, Q6_K, MXFP4_MOE -> mix.type();
    };
  }

  /** The first and last eighth of the layers, and every third between. */
  private static boolean needsMoreBits(int layer, int layers) {
    return layer < layers / 8 || layer >= 7 * layers / 8 || (layer - layers / 8) % 3 == 2;
  }
}
