package dev.flyball.engine.template;

/**
 * The work that one rendering may still do. Everything that loops, recurses or builds a value
 * charges it here first, so that no template runs or grows without bound. Used by one thread.
 */
final class Budget {
  /** A string of this many characters costs one step; copying that much is about as fast. */
  static final int CHARS_PER_STEP = 32;

  private final TemplateLimits limits;
  private long stepsLeft;
  private int depth;

  Budget(TemplateLimits limits) {
    this.limits = limits;
    this.stepsLeft = limits.steps();
  }

  void step() {
    steps(1);
  }

  void steps(long count) {
    stepsLeft -= count;
    if (stepsLeft < 0) {
      throw exceeded("steps", limits.steps());
    }
  }

  /** Charges for a string about to be made. */
  void text(long chars) {
    checkText(chars);
    steps(chars / CHARS_PER_STEP);
  }

  /** Checks a text that is growing and is charged for when it is complete. */
  void checkText(long chars) {
    if (chars > limits.textChars()) {
      throw exceeded("characters of text", limits.textChars());
    }
  }

  /** Charges for a list about to be made. */
  void items(long count) {
    if (count > limits.items()) {
      throw exceeded("items of a list", limits.items());
    }
    steps(count);
  }

  /** Charges for looking for a needle in a text by comparing at every position. */
  void search(int textChars, int needleChars) {
    steps((long) textChars * Math.max(needleChars, 1) / 256);
  }

  /** Goes one level down; paired with {@link #leave()}. */
  void enter() {
    step();
    if (++depth > limits.depth()) {
      throw exceeded("levels of nested evaluation", limits.depth());
    }
  }

  void leave() {
    depth--;
  }

  private static RuntimeException exceeded(String what, long limit) {
    return Failure.render("the rendering goes beyond the limit of " + limit + " " + what);
  }
}
