package dev.flyball.engine;

import dev.flyball.engine.sample.TokenLogprob;
import dev.flyball.engine.tokenizer.StreamingDetokenizer;
import dev.flyball.units.TokenIds;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Makes deltas of the tokens of one generation. A token is held back while a character of its text
 * is open, or while its text may belong to a stop string; whole tokens go out, so that a delta's
 * text is exactly its tokens' text. Where a stop string begins within a token, the last delta has
 * that token and the part of its text before the stop string.
 */
final class TextAssembler {
  private final StreamingDetokenizer detokenizer;
  private final StopMatcher stops;
  private final StringBuilder held = new StringBuilder();
  private final List<TokenLogprob> logprobs = new ArrayList<>();
  private int[] tokens = new int[16];

  /** Where in {@link #held} each token's text ends; of an open token: not known yet. */
  private int[] ends = new int[16];

  private int count;
  private int open;
  private int matched;
  private int stopStart = -1;

  TextAssembler(StreamingDetokenizer detokenizer, List<String> stopStrings) {
    this.detokenizer = detokenizer;
    stops = new StopMatcher(stopStrings);
  }

  /**
   * Takes the next token and gives what can go out now.
   *
   * @param hasText false for a token that adds no text, such as an end-of-generation token
   * @param mayStop whether stop strings are looked for in its text
   */
  Optional<GenerationDelta> accept(
      int token, boolean hasText, boolean mayStop, Optional<TokenLogprob> logprob) {
    String text = hasText ? detokenizer.accept(token) : "";
    append(token);
    logprob.ifPresent(logprobs::add);
    held.append(text);
    if (text.isEmpty() && hasText) {
      open++;
    } else {
      close(open + 1);
    }
    if (mayStop) {
      match();
    } else {
      matched = held.length();
    }
    return stopped() ? cutAtStop() : release(held.length() - stops.held());
  }

  /** Whether a stop string was found; nothing may be accepted after it. */
  boolean stopped() {
    return stopStart >= 0;
  }

  /** Gives what is still held back, once no token follows. */
  Optional<GenerationDelta> finish() {
    if (stopped()) {
      return Optional.empty();
    }
    held.append(detokenizer.finish());
    close(open);
    match();
    if (stopped()) {
      return cutAtStop();
    }
    return count == 0 && held.isEmpty()
        ? Optional.empty()
        : Optional.of(take(count, held.length()));
  }

  private void append(int token) {
    if (count == tokens.length) {
      tokens = Arrays.copyOf(tokens, count * 2);
      ends = Arrays.copyOf(ends, count * 2);
    }
    tokens[count++] = token;
  }

  /** The last tokens' characters are complete: their text ends where the text ends now. */
  private void close(int closing) {
    Arrays.fill(ends, count - closing, count, held.length());
    open = 0;
  }

  private void match() {
    while (matched < held.length() && !stopped()) {
      int length = stops.accept(held.charAt(matched++));
      if (length > 0) {
        stopStart = matched - length;
      }
    }
  }

  /** Gives the tokens whose text ends at {@code limit} or before. */
  private Optional<GenerationDelta> release(int limit) {
    int released = 0;
    while (released < count - open && ends[released] <= limit) {
      released++;
    }
    return released == 0 ? Optional.empty() : Optional.of(take(released, ends[released - 1]));
  }

  /**
   * Gives the text before the stop string with the tokens that have a part in it. Tokens that ended
   * within a character start where its first one does.
   */
  private Optional<GenerationDelta> cutAtStop() {
    int taken = 0;
    int start = 0;
    while (taken < count && start < stopStart) {
      if (taken + 1 < count && ends[taken + 1] > ends[taken]) {
        start = ends[taken];
      }
      taken++;
    }
    return stopStart == 0 ? Optional.empty() : Optional.of(take(taken, stopStart));
  }

  private GenerationDelta take(int released, int length) {
    TokenIds ids = TokenIds.of(Arrays.copyOf(tokens, released));
    List<TokenLogprob> scores = logprobs.subList(0, logprobs.isEmpty() ? 0 : released);
    GenerationDelta delta = new GenerationDelta(held.substring(0, length), ids, scores);
    scores.clear();
    held.delete(0, length);
    matched -= length;
    count -= released;
    System.arraycopy(tokens, released, tokens, 0, count);
    for (int i = 0; i < count - open; i++) {
      ends[i] = ends[i + released] - length;
    }
    return delta;
  }
}
