/**
 * Sends a workload at its times and watches the server meanwhile.
 *
 * <p>What belongs here: clocks and threads. What is sent, how, and what it means do not.
 */
@NullMarked
package dev.flyball.cli.load.drive;

import org.jspecify.annotations.NullMarked;
