package dev.flyball.engine.grammar;

import dev.flyball.engine.tokenizer.Tokenizer;
import java.nio.charset.StandardCharsets;

/**
 * Control tokens as bytes that automata can read: their text between two bytes that UTF-8 never
 * has, so that no text is mistaken for them.
 */
final class ControlTokens {
  private static final byte FIRST = (byte) 0xFF;
  private static final byte LAST = (byte) 0xFE;

  private ControlTokens() {}

  static byte[] bytes(String text) {
    return framed(text.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * The bytes of any token, a control token or not; none where an ordinary token has bytes that
   * frame control tokens.
   */
  static byte[] bytes(Tokenizer tokenizer, int token) {
    if (tokenizer.isControl(token)) {
      return framed(tokenizer.bytes(token, true));
    }
    byte[] text = tokenizer.bytes(token, false);
    for (byte value : text) {
      if (value == FIRST || value == LAST) {
        return new byte[0];
      }
    }
    return text;
  }

  private static byte[] framed(byte[] text) {
    byte[] framed = new byte[text.length + 2];
    System.arraycopy(text, 0, framed, 1, text.length);
    framed[0] = FIRST;
    framed[text.length + 1] = LAST;
    return framed;
  }
}
