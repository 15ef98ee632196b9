package dev.flyball.engine.dialect;

/** Reads the calls behind a marker, as far as a text is calls. Not thread-safe. */
interface CallsReader {
  /**
   * Takes from a text what belongs to the calls.
   *
   * @return whether they are over; else all of the text was taken, or more is needed
   */
  boolean read(StringBuilder text);

  /** What was read and is part of no call; ends a call that broke off. */
  String abandon();
}
