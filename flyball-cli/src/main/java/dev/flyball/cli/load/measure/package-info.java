/**
 * Counts what comes back from a server under load, and the results as records, which are also the
 * fields of the report in JSON.
 *
 * <p>What belongs here: figures, in memory that does not grow with the length of a run. Sending and
 * showing do not.
 */
@NullMarked
package dev.flyball.cli.load.measure;

import org.jspecify.annotations.NullMarked;
