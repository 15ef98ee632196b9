/**
 * What a load test sends, and when: traces of real traffic and mixes made by chance from a seed.
 *
 * <p>What belongs here: arrivals and lengths in tokens. Texts, HTTP and clocks do not.
 */
@NullMarked
package dev.flyball.cli.load.workload;

import org.jspecify.annotations.NullMarked;
