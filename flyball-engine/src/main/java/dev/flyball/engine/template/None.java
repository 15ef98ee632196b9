package dev.flyball.engine.template;

/** Python's {@code None}: the value of null in the input. */
enum None {
  NONE
}
