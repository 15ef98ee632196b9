package dev.flyball.cli.load.client;

import dev.flyball.cli.load.workload.PromptSpec;
import dev.flyball.cli.load.workload.PromptSpec.Part;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Writes prompts of a given length in tokens out of words whose cost is known. All begin with the
 * same word; equal parts at equal places become equal text. Thread-safe.
 *
 * @param words each costs the same number of tokens behind a space
 * @param tokensPerWord that number
 * @param overheadTokens what the server counts beside the words: the first word, the chat template,
 *     control tokens
 * @param method how all this was found, for the report
 */
public record PromptWriter(
    List<String> words, double tokensPerWord, int overheadTokens, String method) {
  static final String FIRST_WORD = "The";

  public PromptWriter {
    words = List.copyOf(words);
  }

  /** The text of a prompt; longer than asked where that is shorter than the overhead. */
  public String write(PromptSpec prompt) {
    StringBuilder text = new StringBuilder(FIRST_WORD);
    long wordsInAll = Math.round((prompt.tokens() - overheadTokens) / tokensPerWord);
    long tokensBefore = 0;
    long written = 0;
    for (Part part : prompt.parts()) {
      tokensBefore += part.tokens();
      long end = Math.min(Math.round(tokensBefore / tokensPerWord), wordsInAll);
      append(text, part.seed(), end - written);
      written = Math.max(written, end);
    }
    return text.toString();
  }

  private void append(StringBuilder text, long seed, long count) {
    SplittableRandom random = new SplittableRandom(seed);
    for (long i = 0; i < count; i++) {
      text.append(' ').append(words.get(random.nextInt(words.size())));
    }
  }
}
