package dev.flyball.engine.schedule;

import dev.flyball.units.ServiceTerms;
import java.util.OptionalDouble;

/**
 * What the scheduler sees of a sequence, and how it gives it memory and takes it away. It asks anew
 * at every step; the loop moves the state by computing what a step holds.
 */
public interface ScheduledSequence {
  /**
   * Tokens that are known and not computed yet: the rest of the prompt, or the token sampled last
   * with those guessed behind it. At least 1. After {@link #release} all of its tokens are.
   */
  int pendingTokens();

  /** Whether all but the last tokens are computed, so that each step gives a token. */
  boolean decoding();

  /** Tokens whose keys and values it holds. */
  int computedTokens();

  /** Tokens that it may come to hold, computed ones included. */
  int mostTokens();

  ServiceTerms terms();

  /** When it came, on the scheduler's clock. */
  long submittedNanos();

  /** The names of its prompt's blocks. */
  PrefixKeys prefixKeys();

  /**
   * Takes over what the memory already holds of its pending tokens, but for the last one: it opens
   * the sequence on the first call and after {@link #release}.
   *
   * @return by how many {@link #computedTokens()} grew
   */
  int adopt();

  /**
   * Whether the last {@link #adopt()} left some of what the memory's file holds for the next step,
   * so that others do not wait for it: to wait is better than to compute it.
   */
  default boolean awaitsFile() {
    return false;
  }

  /**
   * How many of its pending tokens one step can compute, as near to what is wanted as possible:
   * some can only be computed together.
   *
   * @param tokens how many are wanted, at least 1
   * @param most how many a step has room for
   * @return 0 where it cannot go on with so little
   */
  default int wholeChunk(int tokens, int most) {
    return tokens;
  }

  /**
   * Makes room for so many of its pending tokens.
   *
   * @return false where the memory has no room: nothing changed
   */
  boolean tryGrow(int tokens);

  /**
   * How long it takes to write what it holds to the memory's file and to read it back, by what was
   * measured; nothing where there is no file, or it may not be kept there.
   */
  default OptionalDouble swapNanos() {
    return OptionalDouble.empty();
  }

  /**
   * Gives its memory back; its tokens are to be computed again, but for those that {@link #adopt}
   * finds.
   *
   * @param mode whether what leaves the memory is worth keeping in its file
   */
  void release(PreemptionMode mode);
}
