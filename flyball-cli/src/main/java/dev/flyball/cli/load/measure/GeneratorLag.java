package dev.flyball.cli.load.measure;

/**
 * How late the load generator itself was: figures near those of the server mean that it, or a
 * machine it shares with the server, was the bottleneck.
 *
 * @param dispatch from when a request was due to when it was being sent
 * @param wakeUp how much later than asked a sleeping thread ran again
 */
public record GeneratorLag(Quantiles dispatch, Quantiles wakeUp) {}
