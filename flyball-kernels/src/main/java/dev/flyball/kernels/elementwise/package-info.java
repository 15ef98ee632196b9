/**
 * Kernels that treat each value, or each row, for itself: gating, norms.
 *
 * <p>What belongs here: generated twins of the plain routines of {@code dev.flyball.kernels} that
 * read and write whole rows. Products of matrices and attention do not.
 */
@NullMarked
package dev.flyball.kernels.elementwise;

import org.jspecify.annotations.NullMarked;
