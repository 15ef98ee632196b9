package dev.flyball.engine;

/** The kinds of failure of the engine; {@code docs/errors.md} maps each to what a client sees. */
public enum EngineError {
  /** The file cannot be opened or read. */
  FILE_UNREADABLE,
  /**
   * The file is no GGUF file, or damaged: a count, length, offset, type or dimension does not fit.
   */
  FILE_CORRUPT,
  /** The file is sound but names something that this version cannot run. */
  UNSUPPORTED_MODEL,
  /** The model does not fit into the memory that is free. */
  OUT_OF_MEMORY,
  /** The chat template is no valid template. */
  TEMPLATE_SYNTAX,
  /** The chat template refused this conversation, or broke its limits. */
  TEMPLATE_RENDER,
  /**
   * The input of an embedding is empty, longer than the context, or has an unknown token; or a
   * grammar cannot be used, or leaves no token to go on with; or a model cannot be quantised as
   * asked; or base predictions are for something else.
   */
  INVALID_INPUT,
  /** Too many requests wait to take one more embedding; try again after a while. */
  QUEUE_FULL,
  /** The engine is closing or closed. */
  CLOSED,
  /** A fault of the engine itself. */
  INTERNAL
}
