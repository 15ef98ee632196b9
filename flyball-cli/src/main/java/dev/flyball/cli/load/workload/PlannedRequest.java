package dev.flyball.cli.load.workload;

/**
 * A request to be sent.
 *
 * @param arrivalNanos when, counted from the beginning of the run
 * @param className what it is reported under
 * @param outputTokens how many tokens the answer is to have, 1 or more
 */
public record PlannedRequest(
    long arrivalNanos, String className, PromptSpec prompt, int outputTokens) {}
