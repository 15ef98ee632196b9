/**
 * What can go wrong in the server, in one table: status, type and code of every failure.
 *
 * <p>What belongs here: the table and the exception that carries an entry of it. How an entry is
 * written to a client does not; {@code docs/errors.md} explains each entry to people.
 */
@NullMarked
package dev.flyball.server.error;

import org.jspecify.annotations.NullMarked;
