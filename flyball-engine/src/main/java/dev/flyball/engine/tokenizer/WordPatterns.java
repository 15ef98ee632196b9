package dev.flyball.engine.tokenizer;

import static dev.flyball.engine.tokenizer.CharScanner.casedWord;
import static dev.flyball.engine.tokenizer.CharScanner.contraction;
import static dev.flyball.engine.tokenizer.CharScanner.firstOf;
import static dev.flyball.engine.tokenizer.CharScanner.lineBreaks;
import static dev.flyball.engine.tokenizer.CharScanner.prefixedRun;
import static dev.flyball.engine.tokenizer.CharScanner.run;
import static dev.flyball.engine.tokenizer.CharScanner.spacedRun;
import static dev.flyball.engine.tokenizer.CharScanner.whitespace;
import static dev.flyball.engine.tokenizer.CharacterClasses.ASCII_DIGIT;
import static dev.flyball.engine.tokenizer.CharacterClasses.ASCII_LOWER;
import static dev.flyball.engine.tokenizer.CharacterClasses.ASCII_UPPER;
import static dev.flyball.engine.tokenizer.CharacterClasses.HAN;
import static dev.flyball.engine.tokenizer.CharacterClasses.LETTER;
import static dev.flyball.engine.tokenizer.CharacterClasses.MARK;
import static dev.flyball.engine.tokenizer.CharacterClasses.NEWLINE;
import static dev.flyball.engine.tokenizer.CharacterClasses.NUMBER;
import static dev.flyball.engine.tokenizer.CharacterClasses.PUNCTUATION;
import static dev.flyball.engine.tokenizer.CharacterClasses.SYMBOL;
import static dev.flyball.engine.tokenizer.CharacterClasses.WHITESPACE;

/** The patterns of words that {@link PreTokenizers} puts together, each named for its model. */
final class WordPatterns {
  private static final CharSet LETTERS = CharSet.anyOf(LETTER);
  private static final CharSet NUMBERS = CharSet.anyOf(NUMBER);

  /** {@code [^\s\p{L}\p{N}]}. */
  private static final CharSet OTHER = CharSet.noneOf(WHITESPACE | LETTER | NUMBER);

  /** {@code [^\r\n\p{L}\p{N}]}: what may stand in front of a word and belong to it. */
  private static final CharSet LEADING = CharSet.noneOf(NEWLINE | LETTER | NUMBER);

  private WordPatterns() {}

  /**
   * {@code 's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+}, from the <a
   * href="https://github.com/openai/gpt-2/blob/master/src/encoder.py">GPT-2</a> encoder.
   */
  static CharScanner gpt2() {
    return firstOf(
        contraction(false), spacedRun(LETTERS), spacedRun(NUMBERS), spacedRun(OTHER), whitespace());
  }

  /**
   * The pattern of Llama 3 and its variants: {@code (?i:'s|'t|'re|'ve|'m|'ll|'d)|words|\p{N}{1,n}|
   * punctuation|\s*[\r\n]+|\s+(?!\S)|\s+}, where words are {@code [^\r\n\p{L}\p{N}]?\p{L}+},
   * punctuation is <code> ?[^\s\p{L}\p{N}]+[\r\n]*</code> by default.
   */
  record Llama3(
      boolean contractions, CharScanner words, int longestNumber, CharScanner punctuation) {
    static final Llama3 DEFAULT =
        new Llama3(
            true, prefixedRun(LEADING, LETTERS), 3, punctuationAndTail("\r\n", Integer.MAX_VALUE));

    Llama3 withoutContractions() {
      return new Llama3(false, words, longestNumber, punctuation);
    }

    Llama3 withWords(CharScanner newWords) {
      return new Llama3(contractions, newWords, longestNumber, punctuation);
    }

    Llama3 withLongestNumber(int newLongest) {
      return new Llama3(contractions, words, newLongest, punctuation);
    }

    Llama3 withPunctuation(CharScanner newPunctuation) {
      return new Llama3(contractions, words, longestNumber, newPunctuation);
    }

    /** The variant whose words take {@code \p{M}} for letters. */
    Llama3 withMarks() {
      CharSet other = CharSet.noneOf(WHITESPACE | LETTER | MARK | NUMBER);
      return withWords(lettersAndMarks())
          .withPunctuation(spacedRun(other).then(CharSet.anyOf(NEWLINE)));
    }

    CharScanner scanner() {
      CharScanner rest =
          firstOf(words, run(NUMBERS, longestNumber), punctuation, lineBreaks(), whitespace());
      return contractions ? firstOf(contraction(true), rest) : rest;
    }
  }

  /** <code> ?[^\s\p{L}\p{N}]+[tail]{0,longest}</code>. */
  static CharScanner punctuationAndTail(String tail, int longest) {
    return spacedRun(OTHER).then(CharSet.of(tail), longest);
  }

  /** <code> ?[^\s\p{L}\p{N}\r\n]+</code>. */
  static CharScanner punctuationInLine() {
    return spacedRun(OTHER);
  }

  /** {@code [^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+}. */
  static CharScanner lettersAndMarks() {
    return prefixedRun(LEADING, CharSet.anyOf(LETTER | MARK));
  }

  /** {@link CharScanner#casedWord} of letters, where only ASCII has case. */
  static CharScanner casedLetters() {
    return casedWord(
        LEADING, CharSet.anyBut(LETTER, ASCII_LOWER), CharSet.anyBut(LETTER, ASCII_UPPER));
  }

  /** {@link CharScanner#casedWord} of letters and marks, where only ASCII has case. */
  static CharScanner casedLettersAndMarks() {
    return casedWord(
        LEADING,
        CharSet.anyBut(LETTER | MARK, ASCII_LOWER),
        CharSet.anyBut(LETTER | MARK, ASCII_UPPER));
  }

  /**
   * <code>[^\r\n\p{L}\p{N}]?(?:\p{L}\p{M}*(?: \p{L}\p{M}*)*)+</code>: words that keep a single
   * space between them.
   */
  static CharScanner spacedWords() {
    return (text, at, to) -> {
      int end = LETTERS.contains(text, at) || !LEADING.contains(text, at) ? at : at + 1;
      if (end >= to || !LETTERS.contains(text, end)) {
        return CharScanner.NO_MATCH;
      }
      CharSet inner = CharSet.anyOf(LETTER | MARK);
      while (end < to) {
        if (inner.contains(text, end)) {
          end++;
        } else if (text.codePoint(end) == ' ' && end + 1 < to && LETTERS.contains(text, end + 1)) {
          end += 2;
        } else {
          break;
        }
      }
      return end;
    };
  }

  /** {@code [^\n]+|[\n]+}. */
  static CharScanner lines() {
    CharSet lineFeed = CharSet.of("\n");
    return firstOf(run(lineFeed.negate()), run(lineFeed));
  }

  /** {@code [0-9][0-9][0-9]}. */
  static CharScanner threeDigits() {
    CharScanner digits = run(CharSet.anyOf(ASCII_DIGIT), 3);
    return (text, at, to) -> digits.end(text, at, to) == at + 3 ? at + 3 : CharScanner.NO_MATCH;
  }

  /** {@code [!-/:-@\[-`\x7B-~]}. */
  static CharSet asciiPunctuation() {
    return CharSet.within('!', '/', ':', '@', '[', '`', '{', '~');
  }

  /** {@code [A-Za-z]}. */
  static CharSet asciiLetters() {
    return CharSet.anyOf(ASCII_LOWER | ASCII_UPPER);
  }

  /** {@code [^\r\n\p{L}\p{P}\p{S}]}. */
  static CharSet noLetterOrSymbol() {
    return CharSet.noneOf(NEWLINE | LETTER | PUNCTUATION | SYMBOL);
  }

  /** <code> ?[\p{P}\p{S}]+</code>. */
  static CharScanner symbols() {
    return spacedRun(CharSet.anyOf(PUNCTUATION | SYMBOL));
  }

  /** {@code [(\s|.,!?…。，、।۔،)]}. */
  static CharSet bloomDelimiters() {
    return CharSet.anyOf(WHITESPACE)
        .or(CharSet.of("(|.,!?)\u2026\u3002\uFF0C\u3001\u0964\u06D4\u060C"));
  }

  /** {@code [!-/:-~！-／：-～‘-‟　-。]}, as DeepSeek LLM writes it: letters of ASCII are in it. */
  static CharSet deepseekPunctuation() {
    return CharSet.within(
        '!', '/', ':', '~', 0x2018, 0x201F, 0x3000, 0x3002, 0xFF01, 0xFF0F, 0xFF1A, 0xFF5E);
  }

  /** The letters of scripts with upper and lower case, as DeepSeek LLM lists them. */
  static CharSet lettersWithCase() {
    return CharSet.within(
        'A', 'Z', 'a', 'z', 0xB5, 0xB5, 0xC0, 0xD6, 0xD8, 0xF6, 0xF8, 0x1BA, 0x1BC, 0x1BF, 0x1C4,
        0x293, 0x295, 0x2AF, 0x370, 0x373, 0x376, 0x377, 0x37B, 0x37D, 0x37F, 0x37F, 0x386, 0x386,
        0x388, 0x38A, 0x38C, 0x38C, 0x38E, 0x3A1, 0x3A3, 0x3F5, 0x3F7, 0x481, 0x48A, 0x52F, 0x531,
        0x556, 0x10A0, 0x10C5, 0x13A0, 0x13F5, 0x13F8, 0x13FD, 0x1C90, 0x1CBA, 0x1CBD, 0x1CBF,
        0x1D00, 0x1D2B, 0x1D6B, 0x1D77, 0x1D79, 0x1D9A, 0x1E00, 0x1F15, 0x1F18, 0x1F1D, 0x1F20,
        0x1F45, 0x1F48, 0x1F4D, 0x1F50, 0x1F57, 0x1F59, 0x1F59, 0x1F5B, 0x1F5B, 0x1F5D, 0x1F5D,
        0x1F5F, 0x1F7D, 0x1F80, 0x1FB4, 0x1FB6, 0x1FBC, 0x1FBE, 0x1FBE, 0x1FC2, 0x1FC4, 0x1FC6,
        0x1FCC, 0x1FD0, 0x1FD3, 0x1FD6, 0x1FDB, 0x1FE0, 0x1FEC, 0x1FF2, 0x1FF4, 0x1FF6, 0x1FFC,
        0x2102, 0x2102, 0x2107, 0x2107, 0x210A, 0x2113, 0x2115, 0x2115, 0x2119, 0x211D, 0x2124,
        0x2124, 0x2126, 0x2126, 0x2128, 0x2128, 0x212A, 0x212D, 0x212F, 0x2134, 0x2139, 0x2139,
        0x213C, 0x213F, 0x2145, 0x2149, 0x214E, 0x214E, 0x2183, 0x2184, 0x2C00, 0x2C7B, 0x2C7E,
        0x2CE4, 0x2CEB, 0x2CEE, 0x2CF2, 0x2CF3, 0xA640, 0xA66D, 0xA680, 0xA69B, 0xA722, 0xA76F,
        0xA771, 0xA787, 0xA78B, 0xA78E, 0xAB70, 0xABBF, 0xFB00, 0xFB06, 0xFB13, 0xFB17, 0xFF21,
        0xFF3A, 0xFF41, 0xFF5A, 0x10400, 0x1044F, 0x104B0, 0x104D3, 0x104D8, 0x104FB, 0x10C80,
        0x10CB2, 0x10CC0, 0x10CF2, 0x118A0, 0x118DF, 0x1E900, 0x1E943);
  }

  /** Scripts of East and South-East Asia, as AFMoE lists them. */
  static CharSet afmoeScripts() {
    return CharSet.within(
        0x0E40, 0x0E7F, 0x0E80, 0x0EFF, 0x1000, 0x109F, 0x1100, 0x11FF, 0x1780, 0x17FF, 0x2F00,
        0x2FDF, 0x3040, 0x309F, 0x30A0, 0x30FF, 0x3400, 0x4DBF, 0x4E00, 0x9FFF, 0xA9E0, 0xA9FF,
        0xAA60, 0xAA7F, 0xAC00, 0xD7AF, 0xF900, 0xFAFF, 0xFF65, 0xFF9F);
  }

  /** {@code [hangul]+|[punctuation]+|[bopomofo]+|[han and kana]+}, as Youtu lists them. */
  static CharScanner youtuScripts() {
    return firstOf(
        run(CharSet.within(0x3131, 0x318E, 0xAC00, 0xD7A3)),
        run(
            CharSet.of("\uFF01\u2026\u201C\u201D\u2018\u2019\u2014\uFF1A\uFF1B\uFF0C")
                .or(CharSet.within(0x3001, 0x303F, 0xFE30, 0xFE4F))),
        run(CharSet.within(0x3105, 0x312F)),
        run(CharSet.within(0x3040, 0x309F, 0x30A0, 0x30FF, 0x4E00, 0x9FA5)));
  }

  /**
   * Kimi K2's: runs of Han; other words, which keep a contraction; then as Llama 3. Case does not
   * part words, unlike in the model's own pattern, since llama.cpp does not part them.
   */
  static CharScanner kimiK2() {
    return firstOf(
        run(CharSet.anyOf(HAN)),
        prefixedRun(LEADING, CharSet.anyBut(LETTER, HAN)).thenOptionally(contraction(true)),
        run(NUMBERS, 3),
        punctuationAndTail("\r\n", Integer.MAX_VALUE),
        lineBreaks(),
        whitespace());
  }

  /** {@code <sentinel:[0-9]+>}. */
  static CharScanner chameleonSentinel() {
    CharScanner digits = run(CharSet.anyOf(ASCII_DIGIT));
    String start = "<sentinel:";
    return (text, at, to) -> {
      int end = startsWith(text, at, to, start) ? digits.end(text, at + start.length(), to) : -1;
      return end > at && end < to && text.codePoint(end) == '>' ? end + 1 : CharScanner.NO_MATCH;
    };
  }

  /** {@code IMGIMG[A-I]{1,4}Z}. */
  static CharScanner chameleonImage() {
    CharScanner code = run(CharSet.within('A', 'I'), 4);
    String start = "IMGIMG";
    return (text, at, to) -> {
      int end = startsWith(text, at, to, start) ? code.end(text, at + start.length(), to) : -1;
      return end > at && end < to && text.codePoint(end) == 'Z' ? end + 1 : CharScanner.NO_MATCH;
    };
  }

  /** <code>[\t\n]|    |  </code>. */
  static CharScanner chameleonSpaces() {
    return (text, at, to) -> {
      if (text.codePoint(at) == '\t' || text.codePoint(at) == '\n') {
        return at + 1;
      }
      if (startsWith(text, at, to, "    ")) {
        return at + 4;
      }
      return startsWith(text, at, to, "  ") ? at + 2 : CharScanner.NO_MATCH;
    };
  }

  private static boolean startsWith(CodePointText text, int at, int to, String start) {
    if (to - at < start.length()) {
      return false;
    }
    for (int i = 0; i < start.length(); i++) {
      if (text.codePoint(at + i) != start.charAt(i)) {
        return false;
      }
    }
    return true;
  }
}
