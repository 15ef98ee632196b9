package dev.flyball.engine.dialect;

/** From where in an answer its grammar holds. */
public enum GrammarStart {
  /** There is no grammar. */
  NEVER,
  /** From the first token behind the thoughts. */
  ANSWER,
  /** As {@link #ANSWER}, and the grammar is one of calls, with their markers. */
  CALLS,
  /** From behind the first marker of a call, should the model write one. */
  CALL_MARKER
}
