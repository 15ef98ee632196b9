/**
 * The official SDKs against a server with the demo model.
 *
 * <p>What belongs here: what client programs in use expect. Single fields are tested beside their
 * endpoints.
 */
@NullMarked
package dev.flyball.server.sdk;

import org.jspecify.annotations.NullMarked;
