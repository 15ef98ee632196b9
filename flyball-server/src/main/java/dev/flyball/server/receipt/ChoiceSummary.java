package dev.flyball.server.receipt;

/**
 * What an answer's text says about one of its choices.
 *
 * @param finishReason why it ended, as the API that is spoken calls it
 * @param reasoningTokens tokens that were thoughts
 */
public record ChoiceSummary(String finishReason, int reasoningTokens) {}
