package dev.flyball.engine.tokenizer;

import dev.flyball.engine.tokenizer.Vocabulary.Token;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * The bytes that each token stands for, in one array. Immutable and thread-safe.
 *
 * <p>Ordinary tokens are decoded (GPT-2's alphabet, or U+2581 for the space, or {@code <0xE2>} for
 * a byte); control, unknown and user-defined tokens stand for their own text; unused ones for
 * nothing. A character outside of GPT-2's alphabet stands for itself.
 */
final class TokenTexts {
  private final byte[] bytes;

  /** Token {@code id} has the bytes from {@code ends[id]} to {@code ends[id + 1]}. */
  private final int[] ends;

  TokenTexts(List<Token> tokens, boolean byteLevel) {
    byte[] buffer = new byte[tokens.size() * 8];
    int size = 0;
    ends = new int[tokens.size() + 1];
    for (int id = 0; id < tokens.size(); id++) {
      byte[] text = decode(tokens.get(id), byteLevel);
      if (size + text.length > buffer.length) {
        buffer = Arrays.copyOf(buffer, (size + text.length) * 2);
      }
      System.arraycopy(text, 0, buffer, size, text.length);
      size += text.length;
      ends[id + 1] = size;
    }
    bytes = Arrays.copyOf(buffer, size);
  }

  private static byte[] decode(Token token, boolean byteLevel) {
    return switch (token.type()) {
      case NORMAL -> byteLevel ? decodeAlphabet(token.text()) : decodeSpaces(token.text());
      case CONTROL, UNKNOWN, USER_DEFINED -> token.text().getBytes(StandardCharsets.UTF_8);
      case BYTE -> decodeByte(token.text());
      case UNUSED, UNDEFINED -> new byte[0];
    };
  }

  private static byte[] decodeAlphabet(String text) {
    return ByteAlphabet.decode(text).orElseGet(() -> decodeMixed(text));
  }

  private static byte[] decodeMixed(String text) {
    IntList decoded = new IntList(text.length() * 4);
    text.codePoints()
        .mapToObj(Character::toString)
        .map(c -> ByteAlphabet.decode(c).orElseGet(() -> c.getBytes(StandardCharsets.UTF_8)))
        .forEach(
            part -> {
              for (byte value : part) {
                decoded.add(value);
              }
            });
    byte[] result = new byte[decoded.size()];
    for (int i = 0; i < result.length; i++) {
      result[i] = (byte) decoded.get(i);
    }
    return result;
  }

  private static byte[] decodeSpaces(String text) {
    return text.replace((char) SpaceBoundaries.MARK, ' ').getBytes(StandardCharsets.UTF_8);
  }

  /** The byte of {@code <0xE2>}; of any other text, its UTF-8. */
  private static byte[] decodeByte(String text) {
    if (text.matches("<0x[0-9A-Fa-f]{2}>")) {
      return new byte[] {(byte) Integer.parseInt(text, 3, 5, 16)};
    }
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** A new array with the bytes of a token. */
  byte[] bytes(int id) {
    return Arrays.copyOfRange(bytes, ends[id], ends[id + 1]);
  }
}
