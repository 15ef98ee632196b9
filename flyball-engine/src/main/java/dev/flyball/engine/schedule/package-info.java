/**
 * What the next forward pass contains: pure decisions, state in and step out; no clock, no threads,
 * no I/O.
 *
 * <p>What belongs here: queues and the composition of steps. Running a step does not.
 */
@NullMarked
package dev.flyball.engine.schedule;

import org.jspecify.annotations.NullMarked;
