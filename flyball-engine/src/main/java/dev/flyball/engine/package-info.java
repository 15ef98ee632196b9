/**
 * The engine's door: load a model, submit requests, receive text. Everything behind it is in the
 * sub-packages.
 *
 * <p>What belongs here: the facade, its request and result records, and the loop that drives a
 * model. What does not: file formats, tokenizers, arithmetic, sampling rules; they have packages of
 * their own.
 */
@NullMarked
package dev.flyball.engine;

import org.jspecify.annotations.NullMarked;
