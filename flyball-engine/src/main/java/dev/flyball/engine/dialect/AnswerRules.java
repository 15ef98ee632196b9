package dev.flyball.engine.dialect;

/**
 * What one answer is held to by its model's dialect: how long it may think, and from where its
 * grammar holds. Made by {@link ChatDialect#rules}. Immutable and thread-safe.
 */
public interface AnswerRules {
  /** A guide at the start of an answer. */
  AnswerGuide start();
}
