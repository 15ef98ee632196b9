/**
 * Fetching models from the Hugging Face hub, or a server that speaks its API: which files a
 * reference means, and their transfer with resume and checksum.
 *
 * <p>What belongs here: the hub's HTTP API and the care of half-finished files. Where models lie
 * and how they are named to users does not.
 */
@NullMarked
package dev.flyball.cli.pull;

import org.jspecify.annotations.NullMarked;
