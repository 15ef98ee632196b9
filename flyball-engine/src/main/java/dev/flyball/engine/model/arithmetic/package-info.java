/**
 * What forward passes compute with, in plain Java and in generated code.
 *
 * <p>What belongs here: {@link Arithmetic}, its parts by role (products, weights of experts,
 * element-wise operations, scans of layers with a state), what they are prepared from, and their
 * implementations. What does not: which of it a layer needs, and attention, which knows the cache.
 */
@NullMarked
package dev.flyball.engine.model.arithmetic;

import org.jspecify.annotations.NullMarked;
