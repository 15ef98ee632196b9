package dev.flyball.engine.tokenizer;

import java.util.Arrays;
import java.util.Optional;

/**
 * GPT-2's spelling of bytes by printable characters: bytes that are printable in Latin-1 stand for
 * themselves, the others for U+0100 and on. See {@code bytes_to_unicode} of the <a
 * href="https://github.com/openai/gpt-2/blob/master/src/encoder.py">GPT-2</a> encoder.
 */
final class ByteAlphabet {
  private static final int SIZE = 256;
  private static final short[] BYTE_OF_CHARACTER = new short[2 * SIZE];

  static {
    Arrays.fill(BYTE_OF_CHARACTER, (short) -1);
    int next = SIZE;
    for (int value = 0; value < SIZE; value++) {
      boolean isPrintable =
          (value >= 0x21 && value <= 0x7E) || (value >= 0xA1 && value <= 0xFF && value != 0xAD);
      BYTE_OF_CHARACTER[isPrintable ? value : next++] = (short) value;
    }
  }

  private ByteAlphabet() {}

  /**
   * The bytes that a piece spells, or nothing where one of its characters is not of the alphabet.
   */
  static Optional<byte[]> decode(String piece) {
    byte[] bytes = new byte[piece.length()];
    for (int i = 0; i < bytes.length; i++) {
      int value = byteOf(piece.charAt(i));
      if (value < 0) {
        return Optional.empty();
      }
      bytes[i] = (byte) value;
    }
    return Optional.of(bytes);
  }

  private static int byteOf(char character) {
    return character < BYTE_OF_CHARACTER.length ? BYTE_OF_CHARACTER[character] : -1;
  }
}
