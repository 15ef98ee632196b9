package dev.flyball.engine.tokenizer;

import dev.flyball.units.TokenIds;
import java.util.OptionalInt;

/** Text to token ids and back. Implementations are immutable and thread-safe. */
public interface Tokenizer {
  /**
   * The ids of a text.
   *
   * @param addSpecial put BOS in front and EOS behind where the vocabulary asks for them
   * @param parseSpecial read the text of control tokens ({@code <|user|>}) as these tokens, not as
   *     text
   */
  TokenIds encode(String text, boolean addSpecial, boolean parseSpecial);

  /**
   * The ids of a text that stands behind other text or a marker: no space is put in front of it.
   * The text of control tokens is read as these tokens.
   */
  default TokenIds encodeWithin(String text) {
    return encode(text, false, true);
  }

  /**
   * The ids of two texts that a model is to read together, as a query and a document: in the
   * special tokens that the vocabulary asks for, before, between and behind them. What looks like a
   * special token in them is text.
   */
  TokenIds encodePair(String first, String second);

  /**
   * The bytes that a token stands for in a text: UTF-8, possibly a part of a character. Control
   * tokens give their text where {@code withSpecial}, else nothing.
   *
   * @return a new array
   * @throws IndexOutOfBoundsException unless {@code 0 <= id < size()}
   */
  byte[] bytes(int id, boolean withSpecial);

  /** The text of some ids; malformed UTF-8 becomes U+FFFD. */
  String decode(TokenIds ids, boolean withSpecial);

  /**
   * A decoder that is fed one token at a time. Its pieces together are what {@link #decode} gives.
   *
   * <p>A SentencePiece vocabulary that puts a space in front of a text drops it again from the
   * first token. To go on after a prompt, where that space is part of the text, feed the last token
   * of the prompt first and ignore what comes out.
   */
  StreamingDetokenizer streamingDetokenizer(boolean withSpecial);

  /** The token as the vocabulary spells it, e.g. {@code Ġthe}. */
  String piece(int id);

  /** Number of tokens in the vocabulary. */
  int size();

  /** Whether the token is a control token (no text of its own). */
  boolean isControl(int id);

  /** Whether the token ends a generation: EOS, end of turn and their like. */
  boolean isEndOfGeneration(int id);

  OptionalInt bos();

  OptionalInt eos();
}
