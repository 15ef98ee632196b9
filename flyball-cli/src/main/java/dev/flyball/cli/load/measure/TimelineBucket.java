package dev.flyball.cli.load.measure;

/**
 * A span of a run.
 *
 * @param seconds where it begins
 * @param arrived requests that were due, dropped ones included
 * @param answered whole answers that ended
 * @param failed requests that failed or were dropped
 * @param outputTokens of the answers that ended
 * @param inFlightMax most requests under way
 * @param ttftMeanMs of the requests that arrived in it; 0 where none was answered
 * @param ttftMaxMs likewise
 */
public record TimelineBucket(
    double seconds,
    long arrived,
    long answered,
    long failed,
    long outputTokens,
    long inFlightMax,
    double ttftMeanMs,
    double ttftMaxMs) {}
