package dev.flyball.engine.tokenizer;

import dev.flyball.engine.tokenizer.SpecialTokenSplitter.Parts;
import dev.flyball.engine.tokenizer.Vocabulary.Token;
import dev.flyball.units.TokenIds;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;

/** A tokenizer of any of the algorithms: special tokens, then words, then pieces of words. */
final class SubwordTokenizer implements Tokenizer {
  /**
   * What surrounds a text.
   *
   * @param between put before the second of two texts, besides the end of the first
   */
  record Frame(
      OptionalInt bos, boolean addBos, OptionalInt eos, boolean addEos, OptionalInt between) {
    void begin(IntList ids) {
      if (addBos) {
        bos.ifPresent(ids::add);
      }
    }

    void end(IntList ids) {
      if (addEos) {
        eos.ifPresent(ids::add);
      }
    }
  }

  private final List<Token> tokens;
  private final TokenTexts texts;
  private final BitSet ends;
  private final SpecialTokenSplitter userDefined;
  private final SpecialTokenSplitter allSpecial;
  private final PartEncoder encoder;
  private final Frame frame;
  private final boolean addSpacePrefix;

  SubwordTokenizer(
      Vocabulary vocabulary,
      PartEncoder encoder,
      Frame frame,
      boolean byteLevel,
      boolean addSpacePrefix) {
    SpecialTokens special = new SpecialTokens(vocabulary, frame.eos());
    this.tokens = special.tokens();
    this.texts = new TokenTexts(tokens, byteLevel);
    this.ends = special.ends();
    this.userDefined = new SpecialTokenSplitter(special.inText(vocabulary, false));
    this.allSpecial = new SpecialTokenSplitter(special.inText(vocabulary, true));
    this.encoder = encoder;
    this.frame = frame;
    this.addSpacePrefix = addSpacePrefix;
  }

  @Override
  public TokenIds encode(String text, boolean addSpecial, boolean parseSpecial) {
    IntList ids = new IntList(text.length() / 3 + 2);
    if (addSpecial) {
      frame.begin(ids);
    }
    encode(text, parseSpecial ? allSpecial : userDefined, true, ids);
    if (addSpecial) {
      frame.end(ids);
    }
    return TokenIds.of(ids.from(0));
  }

  @Override
  public TokenIds encodeWithin(String text) {
    IntList ids = new IntList(text.length() / 3 + 2);
    encode(text, allSpecial, false, ids);
    return TokenIds.of(ids.from(0));
  }

  @Override
  public TokenIds encodePair(String first, String second) {
    IntList ids = new IntList((first.length() + second.length()) / 3 + 4);
    frame.begin(ids);
    encode(first, userDefined, true, ids);
    frame.end(ids);
    frame.between().ifPresent(ids::add);
    encode(second, userDefined, true, ids);
    frame.end(ids);
    return TokenIds.of(ids.from(0));
  }

  /**
   * Adds the ids of a text.
   *
   * @param begins whether the text begins here, or stands behind other text
   */
  private void encode(String text, SpecialTokenSplitter special, boolean begins, IntList ids) {
    PartEncoder.Session session = encoder.session();
    special.split(
        text,
        new Parts() {
          private boolean isAfterToken = begins;

          @Override
          public void text(int from, int to) {
            session.encode(text, from, to, addSpacePrefix && isAfterToken, ids);
            isAfterToken = false;
          }

          @Override
          public void token(int id) {
            ids.add(id);
            isAfterToken = true;
          }
        });
  }

  @Override
  public byte[] bytes(int id, boolean withSpecial) {
    return !withSpecial && token(id).type().isSpecial() ? new byte[0] : texts.bytes(id);
  }

  @Override
  public String decode(TokenIds ids, boolean withSpecial) {
    StreamingDetokenizer detokenizer = streamingDetokenizer(withSpecial);
    StringBuilder text = new StringBuilder(ids.size() * 4);
    for (int i = 0; i < ids.size(); i++) {
      text.append(detokenizer.accept(ids.get(i)));
    }
    return text.append(detokenizer.finish()).toString();
  }

  @Override
  public StreamingDetokenizer streamingDetokenizer(boolean withSpecial) {
    return new Utf8Detokenizer(id -> bytes(id, withSpecial), addSpacePrefix);
  }

  @Override
  public String piece(int id) {
    return token(id).text();
  }

  private Token token(int id) {
    return tokens.get(Objects.checkIndex(id, tokens.size()));
  }

  @Override
  public int size() {
    return tokens.size();
  }

  @Override
  public boolean isControl(int id) {
    return token(id).type() == TokenType.CONTROL;
  }

  @Override
  public boolean isEndOfGeneration(int id) {
    return ends.get(Objects.checkIndex(id, tokens.size()));
  }

  @Override
  public OptionalInt bos() {
    return frame.bos();
  }

  @Override
  public OptionalInt eos() {
    return frame.eos();
  }
}
