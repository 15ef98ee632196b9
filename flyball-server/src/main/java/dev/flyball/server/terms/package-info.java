/**
 * What a request says about how it wants to be served: tenant, priority, latency targets, whether
 * it wants a receipt. Headers, fields of the body, and the server's defaults.
 *
 * <p>What belongs here: reading these terms. Keeping to them is the engine's affair.
 */
@NullMarked
package dev.flyball.server.terms;

import org.jspecify.annotations.NullMarked;
