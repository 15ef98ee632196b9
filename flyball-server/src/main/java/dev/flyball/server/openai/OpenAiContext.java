package dev.flyball.server.openai;

import dev.flyball.server.generate.GenerationObserver;
import dev.flyball.server.generate.RequestLimits;
import dev.flyball.server.generate.Worker;
import dev.flyball.server.models.ModelResolver;
import java.time.InstantSource;

/**
 * What the endpoints work with.
 *
 * @param models from names to engines
 * @param worker does what would hold an event loop up
 * @param limits what one request may ask
 * @param observer is told of every generation that ended
 * @param clock dates answers
 */
public record OpenAiContext(
    ModelResolver models,
    Worker worker,
    RequestLimits limits,
    GenerationObserver observer,
    InstantSource clock) {}
