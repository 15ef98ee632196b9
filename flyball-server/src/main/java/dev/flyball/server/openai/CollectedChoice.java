package dev.flyball.server.openai;

import dev.flyball.engine.FinishReason;
import dev.flyball.engine.GenerationDelta;
import dev.flyball.engine.sample.TokenLogprob;
import java.util.ArrayList;
import java.util.List;

/** A choice that is sent when it is complete. */
final class CollectedChoice {
  private final AnswerParts parts;
  private final AssistantMessage message = new AssistantMessage();
  private final List<TokenLogprob> logprobs = new ArrayList<>();
  private FinishReason reason = FinishReason.CANCELLED;

  CollectedChoice(AnswerParts parts) {
    this.parts = parts;
  }

  void add(GenerationDelta delta) {
    parts.accept(delta).forEach(message::add);
    logprobs.addAll(delta.logprobs());
  }

  void end(FinishReason why) {
    parts.finish().forEach(message::add);
    reason = why;
  }

  AssistantMessage message() {
    return message;
  }

  List<TokenLogprob> logprobs() {
    return logprobs;
  }

  String finishReason() {
    return parts.finishReason(reason);
  }

  String finishReason(FinishReason why) {
    return parts.finishReason(why);
  }
}
