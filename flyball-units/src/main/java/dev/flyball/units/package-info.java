/**
 * Value types that every module speaks: token ids, usage, terms of service, receipts. Immutable,
 * self-checking, no I/O.
 *
 * <p>A type belongs here when at least two modules pass it to each other; behaviour of one module
 * does not.
 */
@NullMarked
package dev.flyball.units;

import org.jspecify.annotations.NullMarked;
