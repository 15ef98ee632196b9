package dev.flyball.engine.dialect;

/** A part of an answer, as it arrives. Parts of one kind that follow each other are one text. */
public sealed interface AnswerEvent {
  /** Text for the reader. */
  record Content(String text) implements AnswerEvent {}

  /** Text that the model thought before it answered. */
  record Reasoning(String text) implements AnswerEvent {}

  /**
   * A call begins; its arguments follow.
   *
   * @param index counts the calls of an answer, from 0
   * @param name of the function
   */
  record ToolCallStart(int index, String name) implements AnswerEvent {}

  /** The next piece of the arguments of a call, together a JSON object unless the model erred. */
  record ToolCallArguments(int index, String jsonFragment) implements AnswerEvent {}

  /** A call is complete, or the answer broke off within it. */
  record ToolCallEnd(int index) implements AnswerEvent {}
}
