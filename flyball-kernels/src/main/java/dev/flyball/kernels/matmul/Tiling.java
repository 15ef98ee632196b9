package dev.flyball.kernels.matmul;

/**
 * How a batch's activations are dealt to tiles; kernels of equal tilings read the same memory.
 *
 * @param fine whether tokens have a second place each, for what rounding leaves
 * @param maxTile tokens of the largest tile
 */
record Tiling(TokenLayout layout, boolean fine, int maxTile) {}
