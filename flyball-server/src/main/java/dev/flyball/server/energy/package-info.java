/**
 * What requests take in energy: the hardware's counters where they can be read, else a table of
 * what processors take. Every figure says how it is known and how well.
 *
 * <p>What belongs here: reading the machine and sharing its energy among requests. What a request
 * computed, and for how long, is told by the engine.
 */
@NullMarked
package dev.flyball.server.energy;

import org.jspecify.annotations.NullMarked;
