/**
 * Files of low-rank adapters (LoRA, arXiv:2106.09685).
 *
 * <p>What belongs here: reading and checking them. What a model does with them is in {@code model},
 * which of them are loaded in {@code adapter}.
 */
@NullMarked
package dev.flyball.engine.lora;

import org.jspecify.annotations.NullMarked;
