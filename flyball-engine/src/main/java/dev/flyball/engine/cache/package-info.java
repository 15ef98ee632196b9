/**
 * Keys and values of past tokens: the memory that attention reads.
 *
 * <p>What belongs here: blocks, block tables, their allocation and limits, and the index through
 * which prompts that begin alike share them. The arithmetic on them does not.
 */
@NullMarked
package dev.flyball.engine.cache;

import org.jspecify.annotations.NullMarked;
