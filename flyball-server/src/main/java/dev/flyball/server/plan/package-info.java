/**
 * The governor's eyes and hands in the server: requests into shapes, engines into targets.
 *
 * <p>What belongs here: what the governor has to be told. What it makes of it does not.
 */
@NullMarked
package dev.flyball.server.plan;

import org.jspecify.annotations.NullMarked;
