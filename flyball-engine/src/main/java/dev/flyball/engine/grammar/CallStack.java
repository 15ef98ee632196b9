package dev.flyball.engine.grammar;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where to go on behind the calls that are open: a linked list that grows at its head. Two of one
 * table are equal only if they are the same object.
 */
final class CallStack {
  static final CallStack EMPTY = new CallStack(0, null, 0);

  private final int returnState;
  private final @Nullable CallStack below;
  private final int depth;

  private CallStack(int returnState, @Nullable CallStack below, int depth) {
    this.returnState = returnState;
    this.below = below;
    this.depth = depth;
  }

  int returnState() {
    return returnState;
  }

  int depth() {
    return depth;
  }

  /** The stack without its head; the empty one stays empty. */
  CallStack pop() {
    return below == null ? this : below;
  }

  /** Keeps one object for every stack. Not thread-safe. */
  static final class Table {
    private record Key(int returnState, CallStack below) {}

    private final Map<Key, CallStack> stacks = new HashMap<>();

    CallStack push(int returnState, CallStack below) {
      return stacks.computeIfAbsent(
          new Key(returnState, below), key -> new CallStack(returnState, below, below.depth + 1));
    }

    void clear() {
      stacks.clear();
    }
  }
}
