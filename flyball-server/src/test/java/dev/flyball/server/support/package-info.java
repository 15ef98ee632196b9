/**
 * What the server's tests stand on: a scripted engine for situations that a real one has rarely, a
 * server around it, clients.
 *
 * <p>What belongs here: support that several test classes use. Expectations do not.
 */
@NullMarked
package dev.flyball.server.support;

import org.jspecify.annotations.NullMarked;
