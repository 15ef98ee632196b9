/**
 * The GGUF file format: checked reading over mapped memory, and writing.
 *
 * <p>What belongs here: bytes to metadata and tensors. What a key or a tensor means to a model does
 * not.
 */
@NullMarked
package dev.flyball.engine.gguf;

import org.jspecify.annotations.NullMarked;
