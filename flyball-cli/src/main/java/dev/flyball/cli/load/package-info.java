/**
 * The options of {@code flyball load} and how they become a run and its report.
 *
 * <p>What belongs here: reading options. The work is done in the packages below: {@code workload}
 * says what is sent when, {@code client} sends it, {@code measure} counts what comes back, {@code
 * drive} keeps the time, {@code report} shows the result.
 */
@NullMarked
package dev.flyball.cli.load;

import org.jspecify.annotations.NullMarked;
