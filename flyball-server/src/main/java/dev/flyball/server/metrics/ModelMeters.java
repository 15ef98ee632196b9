package dev.flyball.server.metrics;

import dev.flyball.engine.FinishReason;
import dev.flyball.engine.GenerationResult;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The meters of one model's generations, under vLLM's names. Thread-safe. */
final class ModelMeters {
  private final MeterRegistry meters;
  private final Tags tags;
  private final Counter promptTokens;
  private final Counter generationTokens;
  private final Counter prefixQueries;
  private final Counter prefixHits;
  private final Counter preemptions;
  private final Counter draftedTokens;
  private final Counter acceptedTokens;
  private final DistributionSummary promptLength;
  private final DistributionSummary generationLength;
  private final Timer firstToken;
  private final Timer interToken;
  private final Timer timePerToken;
  private final Timer latency;
  private final Timer queue;
  private final Timer prefill;
  private final Timer decode;
  private final Timer inference;
  private final Map<FinishReason, Counter> ended = new EnumMap<>(FinishReason.class);
  private final Counter failed;

  ModelMeters(MeterRegistry meters, Tags tags) {
    this.meters = meters;
    this.tags = tags;
    promptTokens = counter("vllm:prompt_tokens", "Tokens of prompts");
    generationTokens = counter("vllm:generation_tokens", "Tokens generated");
    prefixQueries =
        counter("vllm:prefix_cache_queries", "Tokens of prompts looked up in the cache");
    prefixHits = counter("vllm:prefix_cache_hits", "Tokens of prompts found in the cache");
    preemptions = counter("vllm:num_preemptions", "Times a request lost its memory to others");
    draftedTokens = counter("vllm:spec_decode_num_draft_tokens", "Tokens guessed ahead");
    acceptedTokens =
        counter("vllm:spec_decode_num_accepted_tokens", "Guessed tokens that were right");
    promptLength = lengths("vllm:request_prompt_tokens", "Tokens of a prompt");
    generationLength = lengths("vllm:request_generation_tokens", "Tokens of an answer");
    firstToken =
        timer(
            "vllm:time_to_first_token",
            "From arrival to the first token",
            HistogramBounds.FIRST_TOKEN);
    interToken =
        timer("vllm:inter_token_latency", "From a token to the next", HistogramBounds.TOKEN);
    timePerToken =
        timer(
            "vllm:request_time_per_output_token",
            "Mean time of a token after the first, by request",
            HistogramBounds.TOKEN);
    latency = phase("vllm:e2e_request_latency", "From arrival to the generation's end");
    queue = phase("vllm:request_queue_time", "From submission to the first step");
    prefill = phase("vllm:request_prefill_time", "From the first step to the first token");
    decode = phase("vllm:request_decode_time", "From the first token to the end");
    inference = phase("vllm:request_inference_time", "From the first step to the end");
    for (FinishReason reason : FinishReason.values()) {
      ended.put(reason, success(nameOf(reason)));
    }
    failed = success("error");
  }

  void record(GenerationResult result, Duration timeToFirstToken, Duration total) {
    int output = result.usage().output();
    promptTokens.increment(result.usage().prompt());
    generationTokens.increment(output);
    prefixQueries.increment(result.usage().prompt());
    prefixHits.increment(result.usage().cached());
    preemptions.increment(result.trace().preemptions());
    draftedTokens.increment(result.trace().draftedTokens());
    acceptedTokens.increment(result.trace().acceptedTokens());
    promptLength.record(result.usage().prompt());
    generationLength.record(output);
    if (output > 0) {
      firstToken.record(timeToFirstToken);
    }
    if (output > 1) {
      timePerToken.record(result.decodeTime().dividedBy(output - 1));
    }
    latency.record(total);
    queue.record(result.queueTime());
    prefill.record(result.prefillTime());
    decode.record(result.decodeTime());
    inference.record(result.prefillTime().plus(result.decodeTime()));
    Counter counter = ended.get(result.reason());
    if (counter != null) {
      counter.increment();
    }
  }

  void recordFailure() {
    failed.increment();
  }

  /** Tokens that came together share the time since those before. */
  void recordTokens(int tokens, long sinceLastNanos) {
    for (int i = 0; i < tokens; i++) {
      interToken.record(sinceLastNanos / tokens, TimeUnit.NANOSECONDS);
    }
  }

  private Counter counter(String name, String description) {
    return Counter.builder(name).description(description).tags(tags).register(meters);
  }

  private Counter success(String reason) {
    return Counter.builder("vllm:request_success")
        .description("Generations by the reason of their end")
        .tags(tags.and("finished_reason", reason))
        .register(meters);
  }

  private DistributionSummary lengths(String name, String description) {
    return DistributionSummary.builder(name)
        .description(description)
        .tags(tags)
        .serviceLevelObjectives(HistogramBounds.TOKENS)
        .register(meters);
  }

  private Timer phase(String name, String description) {
    return timer(name, description, HistogramBounds.REQUEST);
  }

  private Timer timer(String name, String description, Duration[] bounds) {
    return Timer.builder(name)
        .description(description)
        .tags(tags)
        .serviceLevelObjectives(bounds)
        .register(meters);
  }

  /** vLLM calls a cancelled request aborted. */
  private static String nameOf(FinishReason reason) {
    return reason == FinishReason.CANCELLED ? "abort" : reason.name().toLowerCase(Locale.ROOT);
  }
}
