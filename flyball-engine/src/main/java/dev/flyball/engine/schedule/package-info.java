/**
 * What the next forward pass contains: pure decisions, state in and step out; no clock, no threads,
 * no I/O.
 *
 * <p>What belongs here: queues, the composition of steps, and what these decisions are made by: the
 * model of step time, the accounts of tenants. Running a step does not, nor does measuring its
 * time.
 */
@NullMarked
package dev.flyball.engine.schedule;

import org.jspecify.annotations.NullMarked;
