/**
 * What this machine can do at best, measured with generated code: the limits that results of the
 * other kernels are held against.
 *
 * <p>What belongs here: kernels that do nothing but use up one resource, and the timing of them.
 * Kernels that compute something useful do not.
 */
@NullMarked
package dev.flyball.kernels.limits;

import org.jspecify.annotations.NullMarked;
