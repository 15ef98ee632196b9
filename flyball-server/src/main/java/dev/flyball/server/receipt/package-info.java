/**
 * Receipts: what is noted of a request on its way, the receipt made of it at its end, where the
 * last ones are kept, how they are written.
 *
 * <p>What belongs here: everything between a request's arrival and its receipt that only takes
 * notes. What happens to the request is decided elsewhere.
 */
@NullMarked
package dev.flyball.server.receipt;

import org.jspecify.annotations.NullMarked;
