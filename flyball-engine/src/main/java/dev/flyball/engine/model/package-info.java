/**
 * Model families: hyper-parameters, weights and forward passes.
 *
 * <p>What belongs here: one file or small package a family, and the pieces that families are
 * composed of. Scheduling, sampling and text do not.
 */
@NullMarked
package dev.flyball.engine.model;

import org.jspecify.annotations.NullMarked;
