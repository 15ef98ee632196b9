package dev.flyball.engine.cache;

import java.util.OptionalDouble;

/**
 * The keys and values of one sequence, and the state of its recurrent layers where the model has
 * some. Used by the engine's thread only.
 *
 * <p>A step: {@link #tryGrow}, {@link #append} for each of its tokens, the forward pass, {@link
 * #computed}. Others find a block once it is full and computed, never before.
 */
public interface KvSequence extends AutoCloseable {
  /** Number of tokens in it, shared ones and those of the step under way included. */
  int length();

  /** How its keys and values are kept. */
  KvStorage storage();

  /**
   * Takes over further blocks of its prompt that others have computed since it was opened. To be
   * called between steps; has no effect unless the sequence ends at a block's end.
   *
   * @return tokens gained
   */
  int adopt();

  /**
   * Whether the last {@link #adopt} left more of its prompt in the cache's file, because it had
   * read as much as running requests may wait for at a time. It is better to adopt again before the
   * next step than to compute that.
   */
  boolean awaitsFile();

  /**
   * Sets aside room for so many tokens beyond {@link #length()}. What is kept for reuse only gives
   * way to it, the least recently used first, when the room is filled.
   *
   * @return false where that is not possible; nothing has changed then
   */
  boolean tryGrow(int tokens);

  /**
   * Adds a token, whose keys and values are to be computed by the next forward pass, and gives its
   * position.
   *
   * @throws IllegalStateException beyond the room set aside, or where the sequence is closed
   */
  int append(int token);

  /**
   * Tells that the tokens from its end on are guesses which are not all in line: each has a place
   * of its own, in the order in which they are added, and {@link #keepPath} chooses among them.
   * Until then others do not find them, and {@link #length} counts them all.
   *
   * @throws IllegalStateException where the model has a state, or it branches already
   */
  void branch();

  /**
   * Keeps of the tokens added since {@link #branch} only some, which become the next tokens of the
   * sequence in this order, and takes the others back. All have been computed.
   *
   * @param places of the kept ones, counted from where it branched, growing
   * @param count how many of them
   * @throws IllegalStateException where it does not branch
   */
  void keepPath(int[] places, int count);

  /** Tells that the forward pass over all tokens appended has succeeded. */
  void computed();

  /**
   * Whether tokens can be taken back to this length: to any, but where the model has a state only
   * to where a snapshot of it was kept.
   *
   * @param length 0 to {@link #length()}
   */
  boolean canTruncateTo(int length);

  /**
   * Forgets the tokens from position {@code length} on, and gives back all room but the rest of the
   * last block that is left.
   *
   * @param length 0 to {@link #length()}
   * @throws IllegalStateException where {@link #canTruncateTo} says so
   */
  void truncate(int length);

  /**
   * How long it takes to write what it holds to the cache's file and to read it back, by what was
   * measured; nothing where there is no file or it shares nothing.
   */
  default OptionalDouble swapNanos() {
    return OptionalDouble.empty();
  }

  /**
   * What it alone holds is not to be written to the cache's file when it leaves memory, unless
   * another sequence holds it until then. Without effect on what is in the file.
   */
  default void forgetInFile() {}

  /**
   * Ends it without leaving anything of the step under way to others: for a step that failed. What
   * was told to be {@link #computed} stays. Idempotent.
   */
  void discard();

  /**
   * Ends it; all its tokens have been computed, and its full blocks stay for reuse. Idempotent, and
   * without effect after {@link #discard}.
   */
  @Override
  void close();
}
