package dev.flyball.engine.tokenizer;

import static dev.flyball.engine.tokenizer.CharacterClasses.ASCII_DIGIT;
import static dev.flyball.engine.tokenizer.CharacterClasses.NEWLINE;
import static dev.flyball.engine.tokenizer.CharacterClasses.NUMBER;
import static dev.flyball.engine.tokenizer.CharacterClasses.WHITESPACE;

/** One step of a pre-tokenizer: cuts a piece of text into smaller ones. Immutable. */
@FunctionalInterface
interface TextSplitter {
  /**
   * Cuts {@code [from, to)}, which is not empty.
   *
   * @param ends gets the end of each part, ascending, the last of them {@code to}
   */
  void split(CodePointText text, int from, int to, IntList ends);

  /** Cuts around every match of a pattern; what lies between two matches stays together. */
  static TextSplitter isolate(CharScanner pattern) {
    return (text, from, to, ends) -> {
      int done = from;
      int at = from;
      while (at < to) {
        int end = pattern.end(text, at, to);
        if (end == CharScanner.NO_MATCH) {
          at++;
          continue;
        }
        if (at > done) {
          ends.add(at);
        }
        ends.add(end);
        done = end;
        at = end;
      }
      if (done < to) {
        ends.add(to);
      }
    };
  }

  /** {@code \s+$}: cuts before the white space at the end. */
  static TextSplitter isolateTrailingWhitespace() {
    return (text, from, to, ends) -> {
      int start = to;
      while (start > from && (text.classes(start - 1) & WHITESPACE) != 0) {
        start--;
      }
      if (start > from && start < to) {
        ends.add(start);
      }
      ends.add(to);
    };
  }

  /**
   * {@code \s{512}|\s{256}|...|\s{2}|\s}: cuts a piece that is nothing but white space within a
   * line into powers of two. Jais 2 writes it as alternatives that each look ahead, to the same
   * end.
   */
  static TextSplitter whitespaceByPowersOfTwo() {
    return (text, from, to, ends) -> {
      int at = from;
      if (isSpaceWithinLine(text, from, to)) {
        while (at < to) {
          at += Math.min(512, Integer.highestOneBit(to - at));
          ends.add(at);
        }
      } else {
        ends.add(to);
      }
    };
  }

  private static boolean isSpaceWithinLine(CodePointText text, int from, int to) {
    for (int i = from; i < to; i++) {
      if ((text.classes(i) & (WHITESPACE | NEWLINE)) != WHITESPACE) {
        return false;
      }
    }
    return true;
  }

  /** {@code (?=(\d{3})+(?!\d))}: cuts digits of ASCII into groups of three, from the right. */
  static TextSplitter digitGroupsFromRight() {
    return (text, from, to, ends) -> {
      int at = from;
      while (at < to) {
        int end = at;
        while (end < to && (text.classes(end) & ASCII_DIGIT) != 0) {
          end++;
        }
        for (int cut = at + (end - at) % 3; cut < end; cut += 3) {
          if (cut > from) {
            ends.add(cut);
          }
        }
        at = end + 1;
      }
      ends.add(to);
    };
  }

  /**
   * Numbers in groups of three from the right, where the first group keeps the text before it, as
   * llama.cpp cuts for {@code afmoe} and {@code tiny_aya}.
   */
  static TextSplitter numberGroupsFromRight() {
    return (text, from, to, ends) -> {
      int at = from;
      int done = from;
      while (at < to) {
        int end = at;
        while (end < to && (text.classes(end) & NUMBER) != 0) {
          end++;
        }
        int first = (end - at) % 3 == 0 ? at + 3 : at + (end - at) % 3;
        for (int cut = first; cut <= end; cut += 3) {
          ends.add(cut);
          done = cut;
        }
        at = Math.max(end, at + 1);
      }
      if (done < to) {
        ends.add(to);
      }
    };
  }
}
