/**
 * Speed of a model on this machine, measured and reported in the form of llama-bench, so that
 * figures can be laid side by side.
 *
 * <p>What belongs here: running tests and writing their results. Requests, scheduling and HTTP do
 * not: the model is driven directly.
 */
@NullMarked
package dev.flyball.cli.bench;

import org.jspecify.annotations.NullMarked;
