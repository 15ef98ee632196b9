/**
 * Keys and values of past tokens: the memory that attention reads.
 *
 * <p>What belongs here: blocks, block tables, their allocation and limits. The arithmetic on them
 * does not.
 */
@NullMarked
package dev.flyball.engine.cache;

import org.jspecify.annotations.NullMarked;
