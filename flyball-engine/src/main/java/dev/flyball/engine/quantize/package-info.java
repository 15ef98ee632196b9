/**
 * Quantising a model file: which tensor gets which format, and the new file, written tensor by
 * tensor.
 *
 * <p>What belongs here: the mixes of formats that go by names such as Q4_K_M. How a block of values
 * is encoded does not; that is {@code dev.flyball.kernels.quantize}.
 */
@NullMarked
package dev.flyball.engine.quantize;

import org.jspecify.annotations.NullMarked;
