/**
 * The HTTP server: configuration, wiring, start and stop.
 *
 * <p>What belongs here: putting the rooms together. Request formats, transport and model management
 * have packages of their own.
 */
@NullMarked
package dev.flyball.server;

import org.jspecify.annotations.NullMarked;
