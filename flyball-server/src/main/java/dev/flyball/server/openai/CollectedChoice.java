package dev.flyball.server.openai;

import dev.flyball.engine.FinishReason;
import dev.flyball.engine.GenerationDelta;
import dev.flyball.engine.sample.TokenLogprob;
import java.util.ArrayList;
import java.util.List;

/** A choice that is sent when it is complete. */
final class CollectedChoice {
  private final StringBuilder text = new StringBuilder();
  private final List<TokenLogprob> logprobs = new ArrayList<>();
  private FinishReason reason = FinishReason.CANCELLED;

  void add(GenerationDelta delta) {
    text.append(delta.text());
    logprobs.addAll(delta.logprobs());
  }

  void end(FinishReason why) {
    reason = why;
  }

  String text() {
    return text.toString();
  }

  List<TokenLogprob> logprobs() {
    return logprobs;
  }

  FinishReason reason() {
    return reason;
  }
}
