/**
 * What models are composed of, and their forward pass.
 *
 * <p>What belongs here: reading a file's hyper-parameters and tensors, the pieces (each a {@code
 * ...Spec}, as read and checked, and what it assembles), and {@link Decoder}, which runs them.
 * Mixers with a state are in {@link dev.flyball.engine.model.recurrent}, mixtures of experts in
 * {@link dev.flyball.engine.model.experts}, what all compute with in {@link
 * dev.flyball.engine.model.arithmetic}. Which pieces a kind of model has is said in {@link
 * dev.flyball.engine.model.family}; scheduling, sampling and text are elsewhere.
 */
@NullMarked
package dev.flyball.engine.model;

import org.jspecify.annotations.NullMarked;
