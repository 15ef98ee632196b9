/**
 * The transport: sockets, limits, authentication, routing, bodies, server-sent events, the access
 * log. It knows paths and bytes, and nothing of models or request formats.
 *
 * <p>What belongs here: everything that holds for every request. What a body means does not.
 */
@NullMarked
package dev.flyball.server.http;

import org.jspecify.annotations.NullMarked;
