/**
 * The packed weights of a loaded model: where they lie and how they get there. What a weight means
 * belongs to the model package, how it is packed to the kernels.
 */
@NullMarked
package dev.flyball.engine.weights;

import org.jspecify.annotations.NullMarked;
