package dev.flyball.cli.load.measure;

/**
 * How well prompts had the lengths asked for, over answers with usage.
 *
 * @param plannedTokens in all
 * @param countedTokens by the server
 * @param maxDeviationTokens of a single prompt
 */
public record PromptLengths(long plannedTokens, long countedTokens, long maxDeviationTokens) {}
