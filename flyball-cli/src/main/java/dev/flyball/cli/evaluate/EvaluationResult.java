package dev.flyball.cli.evaluate;

import dev.flyball.engine.evaluate.Divergence;
import dev.flyball.engine.evaluate.Perplexity;
import dev.flyball.engine.evaluate.TextWindows;
import dev.flyball.engine.gguf.GgufSummary;
import java.nio.file.Path;
import java.util.Optional;

/**
 * How well a model predicted a text.
 *
 * @param file the model's file
 * @param summary what is in it
 * @param text what was scored
 * @param exact whether plain Java computed it, with F32 activations
 * @param perplexity the score
 * @param divergence the comparison with base predictions, where there was one
 */
public record EvaluationResult(
    Path file,
    GgufSummary summary,
    TextWindows text,
    boolean exact,
    Perplexity perplexity,
    Optional<Divergence> divergence) {}
