package dev.flyball.cli.load.measure;

/**
 * One of the whole answers, drawn by chance.
 *
 * @param seconds when its request arrived
 * @param name its class
 * @param good whether it met its goals
 */
public record RequestSample(
    double seconds, String name, double ttftMs, double e2eMs, boolean good) {}
