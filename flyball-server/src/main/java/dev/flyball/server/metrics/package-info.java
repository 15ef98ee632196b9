/**
 * Counters, gauges and timers in Prometheus' text format, named as vLLM names them where the
 * meaning is the same.
 *
 * <p>What belongs here: what is measured and under which name. The events themselves come from the
 * packages that see them.
 */
@NullMarked
package dev.flyball.server.metrics;

import org.jspecify.annotations.NullMarked;
