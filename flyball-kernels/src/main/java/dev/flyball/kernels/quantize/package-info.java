/**
 * From floats to the stored number formats: how a model file is quantised. The reverse is {@link
 * dev.flyball.kernels.BlockDecoder}.
 *
 * <p>What belongs here: the choice of scales and levels for a block of values. Which tensor gets
 * which format is not known here.
 */
@NullMarked
package dev.flyball.kernels.quantize;

import org.jspecify.annotations.NullMarked;
