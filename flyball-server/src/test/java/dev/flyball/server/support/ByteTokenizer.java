package dev.flyball.server.support;

import dev.flyball.engine.tokenizer.StreamingDetokenizer;
import dev.flyball.engine.tokenizer.Tokenizer;
import dev.flyball.units.TokenIds;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/** One token for each byte; token 256 is BOS, 257 EOS. */
public final class ByteTokenizer implements Tokenizer {
  public static final int BOS = 256;
  public static final int EOS = 257;

  @Override
  public TokenIds encode(String text, boolean addSpecial, boolean parseSpecial) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    IntStream ids = IntStream.range(0, bytes.length).map(i -> Byte.toUnsignedInt(bytes[i]));
    return TokenIds.of((addSpecial ? IntStream.concat(IntStream.of(BOS), ids) : ids).toArray());
  }

  /** Written as one text. */
  @Override
  public TokenIds encodePair(String first, String second) {
    return encode(first + second, true, false);
  }

  @Override
  public byte[] bytes(int id, boolean withSpecial) {
    if (id < 0 || id >= size()) {
      throw new IndexOutOfBoundsException(id);
    }
    if (isControl(id)) {
      return (withSpecial ? piece(id) : "").getBytes(StandardCharsets.UTF_8);
    }
    return new byte[] {(byte) id};
  }

  @Override
  public String decode(TokenIds ids, boolean withSpecial) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ids.stream().forEach(id -> bytes.writeBytes(bytes(id, withSpecial)));
    return bytes.toString(StandardCharsets.UTF_8);
  }

  @Override
  public StreamingDetokenizer streamingDetokenizer(boolean withSpecial) {
    throw new UnsupportedOperationException("scripts come as text");
  }

  @Override
  public String piece(int id) {
    return switch (id) {
      case BOS -> "<s>";
      case EOS -> "</s>";
      default -> Character.toString(id);
    };
  }

  @Override
  public int size() {
    return 258;
  }

  @Override
  public boolean isControl(int id) {
    return id >= BOS;
  }

  @Override
  public boolean isEndOfGeneration(int id) {
    return id == EOS;
  }

  @Override
  public OptionalInt bos() {
    return OptionalInt.of(BOS);
  }

  @Override
  public OptionalInt eos() {
    return OptionalInt.of(EOS);
  }
}
