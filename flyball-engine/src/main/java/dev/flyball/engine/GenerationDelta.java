package dev.flyball.engine;

import dev.flyball.engine.sample.TokenLogprob;
import dev.flyball.units.TokenIds;
import java.util.List;

/**
 * A piece of generated text. Text is held back while it may be part of a character or of a stop
 * string, so that one delta can stand for several tokens.
 *
 * @param text complete characters; empty only where tokens have no text of their own
 * @param tokens the tokens that the text stands for
 * @param logprobs one entry a token where asked for, else empty
 */
public record GenerationDelta(String text, TokenIds tokens, List<TokenLogprob> logprobs) {
  public GenerationDelta {
    logprobs = List.copyOf(logprobs);
  }
}
