package dev.flyball.engine.tokenizer;

import java.util.Random;

/** Random texts that reach the corners of pre-tokenizers. */
final class RandomTexts {
  /** Parts that patterns treat specially, and neighbours of what they treat specially. */
  private static final String[] PARTS = {
    " ",
    "  ",
    "    ",
    "\t",
    "\n",
    "\n\n",
    "\r\n",
    "\r",
    "\u000B",
    "\u0085",
    "\u00A0",
    "\u3000",
    "\u2028",
    "'s",
    "'S",
    "'ll",
    "'LL",
    "'re",
    "'",
    "''",
    "a",
    "b",
    "Word",
    "word",
    "HTTP",
    "Z",
    "1",
    "12",
    "345",
    "6789",
    "\u0661",
    "\u00BD",
    "\u2167",
    ".",
    "...",
    "!?",
    "~",
    "`",
    "$",
    "+=",
    "(",
    ")",
    "[x]",
    "{}",
    "/",
    "\\",
    "_",
    "-",
    "é",
    "É",
    "ß",
    "\u0301",
    "\u093C",
    "नमस्ते",
    "中文",
    "ひらがな",
    "カタカナ",
    "한국어",
    "ไทย",
    "Привет",
    "ς",
    "\u01C5",
    "\u02B0",
    "ﬁ",
    "Ⅷ",
    "😀",
    "👍🏽",
    "\uD835\uDC00",
    "\u200D",
    "\u0000",
    "\u001C",
    "\u007F",
    "\uFFFD",
    "…",
    "。",
    "，",
    "、",
    "“",
    "”",
    "—",
    "\u0964",
    "\u060C",
    "<sentinel:7>",
    "IMGIMGABZ",
    "▁",
    "\uE000",
    "\u0378"
  };

  private RandomTexts() {}

  /** A well-formed text of up to {@code parts} parts. */
  static String wellFormed(Random random, int parts) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(parts + 1); i > 0; i--) {
      if (random.nextInt(20) == 0) {
        int codePoint = random.nextInt(0x110000);
        if (codePoint < 0xD800 || codePoint > 0xDFFF) {
          text.appendCodePoint(codePoint);
        }
      } else {
        text.append(PARTS[random.nextInt(PARTS.length)]);
      }
    }
    return text.toString();
  }

  /** A text of any chars, among them lone surrogates. */
  static String anyChars(Random random, int length) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < length; i++) {
      boolean isSurrogate = random.nextInt(4) == 0;
      text.append((char) (isSurrogate ? 0xD800 + random.nextInt(0x800) : random.nextInt(0x10000)));
    }
    return text.toString();
  }
}
