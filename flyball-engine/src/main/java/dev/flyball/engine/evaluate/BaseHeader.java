package dev.flyball.engine.evaluate;

import dev.flyball.engine.EngineError;
import dev.flyball.engine.EngineException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * The first 32 bytes of a file of base predictions, little-endian: {@code FLYBASE1} | vocabulary
 * i32 | tokens of a window i32 | windows i32 | checksum of the tokens i32 | 0 i32 | CRC-32C of all
 * before i32.
 *
 * <p>Then come the windows. Each has one row for every scored token, {@code highest f32 | step f32
 * | levels u16[vocabulary]}, where the logarithm of a token's probability is {@code highest - step
 * * level}, and then the CRC-32C of its rows.
 */
record BaseHeader(int vocabulary, int windowTokens, int windows, int tokensChecksum) {
  static final int BYTES = 32;
  static final int CHECKSUM_BYTES = 4;

  private static final byte[] MAGIC = "FLYBASE1".getBytes(StandardCharsets.US_ASCII);

  static BaseHeader of(TextWindows text, int vocabulary) {
    return new BaseHeader(vocabulary, text.windowTokens(), text.windows(), text.checksum());
  }

  int rowBytes() {
    return rowBytes(vocabulary);
  }

  private static int rowBytes(int vocabulary) {
    return Math.addExact(8, Math.multiplyExact(2, vocabulary));
  }

  /** Bytes of the whole file. */
  static long fileBytes(TextWindows text, int vocabulary) {
    long rows = (long) text.windows() * text.scoredPerWindow();
    return BYTES + rows * rowBytes(vocabulary) + (long) text.windows() * CHECKSUM_BYTES;
  }

  byte[] encode() {
    ByteBuffer out = ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN);
    out.put(MAGIC).putInt(vocabulary).putInt(windowTokens).putInt(windows).putInt(tokensChecksum);
    out.putInt(0).putInt(checksum(out.array(), out.position()));
    return out.array();
  }

  /**
   * @throws EngineException FILE_CORRUPT where these bytes are no header
   */
  static BaseHeader decode(Path file, byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    byte[] magic = new byte[MAGIC.length];
    if (bytes.length == BYTES) {
      in.get(magic);
    }
    if (!Arrays.equals(magic, MAGIC)) {
      throw corrupt(file, "this is no file of base predictions as flyball perplexity writes them");
    }
    BaseHeader header = new BaseHeader(in.getInt(), in.getInt(), in.getInt(), in.getInt());
    var _ = in.getInt();
    if (in.getInt() != checksum(bytes, BYTES - CHECKSUM_BYTES)) {
      throw corrupt(file, "its header is damaged");
    }
    return header;
  }

  static int checksum(byte[] bytes, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, length);
    return (int) crc.getValue();
  }

  static EngineException corrupt(Path file, String problem) {
    return new EngineException(EngineError.FILE_CORRUPT, file + ": " + problem);
  }
}
