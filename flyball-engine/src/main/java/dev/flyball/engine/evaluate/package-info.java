/**
 * What a model computes for a text, looked at: logits, perplexity, and how far two models'
 * predictions lie apart.
 *
 * <p>What belongs here: probes of loaded models, files of predictions and statistics over them.
 */
@NullMarked
package dev.flyball.engine.evaluate;

import org.jspecify.annotations.NullMarked;
