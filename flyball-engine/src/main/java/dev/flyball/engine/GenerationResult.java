package dev.flyball.engine;

import dev.flyball.units.TokenUsage;
import java.time.Duration;

/**
 * How a generation ended.
 *
 * @param reason why it ended
 * @param usage tokens used
 * @param queueTime from submission to its first step
 * @param prefillTime from its first step to its first token
 * @param decodeTime from its first token to its end
 * @param trace what the engine's steps did for it
 */
public record GenerationResult(
    FinishReason reason,
    TokenUsage usage,
    Duration queueTime,
    Duration prefillTime,
    Duration decodeTime,
    StepTrace trace) {}
