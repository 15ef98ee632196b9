package dev.flyball.engine.speculate;

import dev.flyball.engine.EngineError;
import dev.flyball.engine.EngineException;
import dev.flyball.engine.tokenizer.Tokenizer;
import java.util.Optional;

/** Whether a draft model speaks in the tokens of a model. */
public final class DraftVocabulary {
  private DraftVocabulary() {}

  /**
   * Checks that each token of the model is the same one of the draft model.
   *
   * @throws EngineException with UNSUPPORTED_MODEL, with the first difference
   */
  public static void check(Tokenizer model, Tokenizer draft) {
    difference(model, draft)
        .ifPresent(
            difference -> {
              throw new EngineException(
                  EngineError.UNSUPPORTED_MODEL,
                  difference + "; choose a draft model of the same family");
            });
  }

  /** The first difference between the two vocabularies. */
  public static Optional<String> difference(Tokenizer model, Tokenizer draft) {
    if (model.size() != draft.size()) {
      return unlike("it has %d tokens, the model %d".formatted(draft.size(), model.size()));
    }
    for (int id = 0; id < model.size(); id++) {
      if (!model.piece(id).equals(draft.piece(id))) {
        return unlike(
            "its token %d is '%s', the model's '%s'"
                .formatted(id, draft.piece(id), model.piece(id)));
      }
      if (model.isControl(id) != draft.isControl(id)) {
        return unlike(
            "token %d '%s' is a control token of one only".formatted(id, model.piece(id)));
      }
    }
    return Optional.empty();
  }

  private static Optional<String> unlike(String difference) {
    return Optional.of("the draft model has another vocabulary than the model: " + difference);
  }
}
