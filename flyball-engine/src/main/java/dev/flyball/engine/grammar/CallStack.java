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

  /** The deepest stack that both end with. */
  static CallStack common(CallStack first, CallStack second) {
    CallStack one = first;
    CallStack other = second;
    while (one != other) {
      if (one.depth >= other.depth) {
        one = one.pop();
      } else {
        other = other.pop();
      }
    }
    return one;
  }

  /**
   * A place in numbers: a state, the number of open calls above a part of this stack, their return
   * states.
   */
  int[] above(CallStack part, int state) {
    int[] place = new int[2 + depth - part.depth];
    place[0] = state;
    place[1] = depth - part.depth;
    CallStack call = this;
    for (int i = 2; i < place.length; i++) {
      place[i] = call.returnState;
      call = call.pop();
    }
    return place;
  }

  /** Keeps one object for every stack. Not thread-safe. */
  static final class Table {
    private record Key(int returnState, CallStack below) {}

    private final Map<Key, CallStack> stacks = new HashMap<>();

    CallStack push(int returnState, CallStack below) {
      return stacks.computeIfAbsent(
          new Key(returnState, below), key -> new CallStack(returnState, below, below.depth + 1));
    }

    /** The same open calls as far as they are above a part of a stack. */
    CallStack above(CallStack stack, CallStack part) {
      return stack == part ? EMPTY : push(stack.returnState, above(stack.pop(), part));
    }

    void clear() {
      stacks.clear();
    }
  }
}
