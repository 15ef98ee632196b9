package dev.flyball.engine;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.flyball.engine.tokenizer.StreamingDetokenizer;
import dev.flyball.engine.tokenizer.Tokenizer;
import dev.flyball.units.TokenIds;
import java.io.ByteArrayOutputStream;
import java.util.OptionalInt;
import java.util.function.IntFunction;

/** One token for each letter a to z, and an end-of-generation token behind them. */
final class TestTokenizer implements Tokenizer {
  static final int END = 26;
  static final int SIZE = 27;

  @Override
  public TokenIds encode(String text, boolean addSpecial, boolean parseSpecial) {
    return TokenIds.of(text.chars().map(c -> c - 'a').toArray());
  }

  /** Written as one text. */
  @Override
  public TokenIds encodePair(String first, String second) {
    return encode(first + second, true, false);
  }

  @Override
  public byte[] bytes(int id, boolean withSpecial) {
    return id == END ? new byte[0] : new byte[] {(byte) ('a' + id)};
  }

  @Override
  public String decode(TokenIds ids, boolean withSpecial) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ids.stream().forEach(id -> bytes.writeBytes(bytes(id, withSpecial)));
    return bytes.toString(UTF_8);
  }

  @Override
  public StreamingDetokenizer streamingDetokenizer(boolean withSpecial) {
    return new ByteDetokenizer(id -> bytes(id, withSpecial));
  }

  @Override
  public String piece(int id) {
    return id == END ? "<end>" : new String(bytes(id, false), UTF_8);
  }

  @Override
  public int size() {
    return SIZE;
  }

  @Override
  public boolean isControl(int id) {
    return id == END;
  }

  @Override
  public boolean isEndOfGeneration(int id) {
    return id == END;
  }

  @Override
  public OptionalInt bos() {
    return OptionalInt.empty();
  }

  @Override
  public OptionalInt eos() {
    return OptionalInt.of(END);
  }

  /** Holds bytes back until they are whole characters; the input must be well-formed. */
  static final class ByteDetokenizer implements StreamingDetokenizer {
    private final IntFunction<byte[]> bytes;
    private final ByteArrayOutputStream open = new ByteArrayOutputStream();

    ByteDetokenizer(IntFunction<byte[]> bytes) {
      this.bytes = bytes;
    }

    @Override
    public String accept(int id) {
      open.writeBytes(bytes.apply(id));
      byte[] held = open.toByteArray();
      int whole = wholeCharacters(held);
      open.reset();
      open.write(held, whole, held.length - whole);
      return new String(held, 0, whole, UTF_8);
    }

    @Override
    public String finish() {
      String text = open.size() == 0 ? "" : "\uFFFD";
      open.reset();
      return text;
    }

    private static int wholeCharacters(byte[] text) {
      int end = 0;
      while (end < text.length) {
        int lead = text[end] & 0xFF;
        int length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
        if (end + length > text.length) {
          break;
        }
        end += length;
      }
      return end;
    }
  }
}
