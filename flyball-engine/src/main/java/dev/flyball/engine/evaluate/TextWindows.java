package dev.flyball.engine.evaluate;

import dev.flyball.units.TokenIds;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.OptionalInt;
import java.util.zip.CRC32C;

/**
 * A text cut into windows that do not overlap; a rest that fills none is left out. Immutable,
 * thread-safe.
 */
public final class TextWindows {
  private static final int SMALLEST = 4;

  private final int[] tokens;
  private final int windowTokens;

  private TextWindows(int[] tokens, int windowTokens) {
    this.tokens = tokens;
    this.windowTokens = windowTokens;
  }

  /**
   * Cuts a text.
   *
   * @param ids of the whole text
   * @param bos takes the place of every window's first token; nothing: none does
   * @param windowTokens tokens of a window, at least 4
   * @param maxWindows how many windows to take at most, from the text's beginning
   * @throws IllegalArgumentException where the text does not fill one window
   */
  public static TextWindows of(TokenIds ids, OptionalInt bos, int windowTokens, int maxWindows) {
    int windows = windowTokens < SMALLEST ? 0 : Math.min(maxWindows, ids.size() / windowTokens);
    if (windows < 1) {
      throw new IllegalArgumentException(
          "%d tokens do not fill a window of %d, which has at least %d"
              .formatted(ids.size(), windowTokens, SMALLEST));
    }
    int[] tokens = new int[windows * windowTokens];
    for (int i = 0; i < tokens.length; i++) {
      tokens[i] = i % windowTokens == 0 ? bos.orElse(ids.get(i)) : ids.get(i);
    }
    return new TextWindows(tokens, windowTokens);
  }

  /** How many windows there are. */
  public int windows() {
    return tokens.length / windowTokens;
  }

  /** Tokens of a window. */
  public int windowTokens() {
    return windowTokens;
  }

  /** The place in a window whose prediction of the next token is the first that is scored. */
  int firstScored() {
    return windowTokens / 2;
  }

  /** How many predictions of a window are scored. */
  public int scoredPerWindow() {
    return windowTokens - 1 - firstScored();
  }

  /** A token of a window. */
  public int token(int window, int place) {
    return tokens[window * windowTokens + place];
  }

  /** A checksum of all tokens: equal for equal windows. */
  public int checksum() {
    ByteBuffer bytes = ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    CRC32C crc = new CRC32C();
    for (int token : tokens) {
      crc.update(bytes.clear().putInt(token).flip());
    }
    return (int) crc.getValue();
  }
}
