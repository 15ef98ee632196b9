package dev.flyball.cli.load.measure;

import java.util.List;

/**
 * What one run gave.
 *
 * @param rate requests a second that were planned; 0 where a trace or a closed loop has its own
 * @param offeredRate requests a second that arrived, dropped ones included
 * @param seconds from the end of the warm-up to the end of the last answer: what rates are over
 * @param interrupted the run was ended before its workload was
 * @param all requests of all classes
 * @param classes each class
 * @param bucketSeconds length of the spans of {@code timeline}
 */
public record RunResult(
    double rate,
    double offeredRate,
    double seconds,
    boolean interrupted,
    ClassResult all,
    List<ClassResult> classes,
    PromptLengths promptLengths,
    GeneratorLag generatorLag,
    TokenAccount tokenAccount,
    double bucketSeconds,
    List<TimelineBucket> timeline,
    List<RequestSample> samples,
    List<ServerSample> serverSamples) {
  public RunResult {
    classes = List.copyOf(classes);
    timeline = List.copyOf(timeline);
    samples = List.copyOf(samples);
    serverSamples = List.copyOf(serverSamples);
  }
}
