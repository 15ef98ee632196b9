package dev.flyball.server.openai;

import dev.flyball.engine.ModelInfo;
import dev.flyball.engine.ModelUse;
import dev.flyball.server.error.ServerError;
import dev.flyball.server.error.ServerException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** Says that a model cannot do what was asked of it, what it can, and who can. */
final class WrongKindOfModel {
  private WrongKindOfModel() {}

  /**
   * The refusal.
   *
   * @param others loaded models that can do it
   */
  static ServerException refusal(
      String model, ModelInfo info, ModelUse wanted, List<String> others) {
    String can =
        Arrays.stream(ModelUse.values())
            .filter(info::isFor)
            .map(WrongKindOfModel::described)
            .collect(Collectors.joining(", "));
    String whoElse =
        others.isEmpty()
            ? "no loaded model can; name one made for it: " + example(wanted)
            : "loaded models that can: " + String.join(", ", others);
    return ServerException.ofField(
        ServerError.WRONG_KIND_OF_MODEL,
        "model",
        "the model %s cannot %s; it can %s; %s".formatted(model, described(wanted), can, whoElse));
  }

  private static String described(ModelUse use) {
    return switch (use) {
      case GENERATE -> "generate text (/v1/chat/completions, /v1/completions)";
      case EMBED -> "embed texts (/v1/embeddings)";
      case RANK -> "rank documents (/v1/rerank)";
    };
  }

  private static String example(ModelUse use) {
    return switch (use) {
      case GENERATE -> "an instruct model";
      case EMBED -> "nomic-embed-text or Qwen3-Embedding, say";
      case RANK -> "Qwen3-Reranker or a cross-encoder, say, whose file has a ranking head";
    };
  }
}
