/**
 * The adapters that are loaded beside a model, and who uses them.
 *
 * <p>What belongs here: loading, unloading, leases and limits. The files are read in {@code lora},
 * and computed with in {@code model}.
 */
@NullMarked
package dev.flyball.engine.adapter;

import org.jspecify.annotations.NullMarked;
