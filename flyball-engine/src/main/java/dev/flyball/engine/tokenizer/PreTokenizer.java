package dev.flyball.engine.tokenizer;

import java.util.List;
import java.util.stream.Stream;

/**
 * Cuts a text into the words within which tokens are formed, and the habits of byte-pair encoding
 * that go with it. Immutable and thread-safe.
 *
 * @param steps each cuts what the one before it left
 * @param wholeWords which words are looked up in the vocabulary before their characters are merged
 * @param byteLevel whether tokens are made of bytes in GPT-2's alphabet; else of characters, with
 *     U+2581 for the space
 * @param bos whether a text begins with BOS
 */
record PreTokenizer(List<TextSplitter> steps, WholeWords wholeWords, boolean byteLevel, Bos bos) {

  /** Which words are taken whole when the vocabulary has them. */
  enum WholeWords {
    NONE,
    LINE_BREAKS,
    ALL
  }

  /** Whether a text begins with BOS: as the file says, by default not or so; or in any case. */
  enum Bos {
    DEFAULT_OFF,
    DEFAULT_ON,
    ALWAYS
  }

  PreTokenizer {
    steps = List.copyOf(steps);
  }

  static PreTokenizer of(TextSplitter... steps) {
    return new PreTokenizer(List.of(steps), WholeWords.NONE, true, Bos.DEFAULT_OFF);
  }

  PreTokenizer withWholeWords(WholeWords newWholeWords) {
    return new PreTokenizer(steps, newWholeWords, byteLevel, bos);
  }

  PreTokenizer withBos(Bos newBos) {
    return new PreTokenizer(steps, wholeWords, byteLevel, newBos);
  }

  PreTokenizer ofCharacters() {
    return new PreTokenizer(steps, wholeWords, false, bos);
  }

  /** The same with one more step at the end. */
  PreTokenizer withStep(TextSplitter step) {
    List<TextSplitter> all = Stream.concat(steps.stream(), Stream.of(step)).toList();
    return new PreTokenizer(all, wholeWords, byteLevel, bos);
  }

  /** The ends of the words of a text, ascending; none of the words is empty. */
  IntList wordEnds(CodePointText text) {
    IntList ends = new IntList(text.length() / 4);
    if (text.length() > 0) {
      ends.add(text.length());
    }
    for (TextSplitter step : steps) {
      IntList next = new IntList(Math.max(ends.size(), text.length() / 4));
      int from = 0;
      for (int i = 0; i < ends.size(); i++) {
        step.split(text, from, ends.get(i), next);
        from = ends.get(i);
      }
      ends = next;
    }
    return ends;
  }
}
