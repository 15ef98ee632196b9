package dev.flyball.engine;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.flyball.engine.tokenizer.StreamingDetokenizer;
import dev.flyball.engine.tokenizer.Tokenizer;
import dev.flyball.units.TokenIds;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/** One token for each byte, and behind them control tokens; the first of these ends generations. */
public final class MarkedTokenizer implements Tokenizer {
  static final String END = "<end>";
  public static final int END_TOKEN = 256;

  private final List<String> markers;

  public MarkedTokenizer(String... markers) {
    this.markers =
        IntStream.rangeClosed(0, markers.length)
            .mapToObj(i -> i == 0 ? END : markers[i - 1])
            .toList();
  }

  @Override
  public TokenIds encode(String text, boolean addSpecial, boolean parseSpecial) {
    IntStream.Builder ids = IntStream.builder();
    String rest = text;
    while (!rest.isEmpty()) {
      String left = rest;
      int marker = parseSpecial ? indexOf(left) : -1;
      int length =
          marker >= 0 ? markers.get(marker).length() : Character.charCount(left.codePointAt(0));
      if (marker >= 0) {
        ids.add(END_TOKEN + marker);
      } else {
        for (byte value : left.substring(0, length).getBytes(UTF_8)) {
          ids.add(value & 0xFF);
        }
      }
      rest = rest.substring(length);
    }
    return TokenIds.of(ids.build().toArray());
  }

  private int indexOf(String text) {
    return IntStream.range(0, markers.size())
        .filter(i -> text.startsWith(markers.get(i)))
        .findFirst()
        .orElse(-1);
  }

  /** Written as one text. */
  @Override
  public TokenIds encodePair(String first, String second) {
    return encode(first + second, true, false);
  }

  @Override
  public byte[] bytes(int id, boolean withSpecial) {
    if (id < END_TOKEN) {
      return new byte[] {(byte) id};
    }
    return withSpecial ? markers.get(id - END_TOKEN).getBytes(UTF_8) : new byte[0];
  }

  @Override
  public String decode(TokenIds ids, boolean withSpecial) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ids.stream().forEach(id -> bytes.writeBytes(bytes(id, withSpecial)));
    return bytes.toString(UTF_8);
  }

  @Override
  public StreamingDetokenizer streamingDetokenizer(boolean withSpecial) {
    return new TestTokenizer.ByteDetokenizer(id -> bytes(id, withSpecial));
  }

  @Override
  public String piece(int id) {
    return new String(bytes(id, true), UTF_8);
  }

  @Override
  public int size() {
    return END_TOKEN + markers.size();
  }

  @Override
  public boolean isControl(int id) {
    return id >= END_TOKEN;
  }

  @Override
  public boolean isEndOfGeneration(int id) {
    return id == END_TOKEN;
  }

  @Override
  public OptionalInt bos() {
    return OptionalInt.empty();
  }

  @Override
  public OptionalInt eos() {
    return OptionalInt.of(END_TOKEN);
  }
}
