package dev.flyball.engine.tokenizer;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.function.IntFunction;

/**
 * Joins the bytes of tokens to characters. At most three bytes, an unfinished character, are kept
 * from token to token.
 */
final class Utf8Detokenizer implements StreamingDetokenizer {
  private final IntFunction<byte[]> bytes;
  private boolean stripsSpace;
  private final CharsetDecoder decoder =
      StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPLACE)
          .onUnmappableCharacter(CodingErrorAction.REPLACE);
  private byte[] unfinished = new byte[0];

  /**
   * Starts a text.
   *
   * @param bytes the bytes of a token
   * @param stripsSpace whether to drop a space at the start of the first token
   */
  Utf8Detokenizer(IntFunction<byte[]> bytes, boolean stripsSpace) {
    this.bytes = bytes;
    this.stripsSpace = stripsSpace;
  }

  @Override
  public String accept(int id) {
    byte[] added = bytes.apply(id);
    int skipped = stripsSpace && added.length > 0 && added[0] == ' ' ? 1 : 0;
    stripsSpace = false;
    ByteBuffer input = ByteBuffer.allocate(unfinished.length + added.length - skipped);
    input.put(unfinished).put(added, skipped, added.length - skipped).flip();
    return decode(input, false);
  }

  @Override
  public String finish() {
    String rest = decode(ByteBuffer.wrap(unfinished), true);
    decoder.reset();
    return rest;
  }

  private String decode(ByteBuffer input, boolean isEnd) {
    // A byte never gives more than one char: four bytes are two of them, a malformed one is U+FFFD.
    CharBuffer output = CharBuffer.allocate(input.remaining());
    var _ = decoder.decode(input, output, isEnd);
    unfinished = new byte[input.remaining()];
    input.get(unfinished);
    return output.flip().toString();
  }
}
