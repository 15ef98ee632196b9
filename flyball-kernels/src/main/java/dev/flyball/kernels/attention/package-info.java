/**
 * Attention by generated code: the layout of keys and values, and the kernel over them.
 *
 * <p>What belongs here: scores, online softmax and weighted values of tiles of queries. Which
 * blocks a sequence has does not.
 */
@NullMarked
package dev.flyball.kernels.attention;

import org.jspecify.annotations.NullMarked;
