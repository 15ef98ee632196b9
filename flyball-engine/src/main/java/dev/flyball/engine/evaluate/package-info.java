/**
 * How far two models' predictions of one text lie apart: the base predictions in a file, and the
 * comparison with them.
 *
 * <p>What belongs here: files of predictions and statistics over them. How one model predicts a
 * text is {@link dev.flyball.engine.model.Perplexity}.
 */
@NullMarked
package dev.flyball.engine.evaluate;

import org.jspecify.annotations.NullMarked;
