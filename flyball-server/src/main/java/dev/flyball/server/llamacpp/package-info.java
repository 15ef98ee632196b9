/**
 * The endpoints for people who port and debug models, shaped as llama.cpp's server has them: {@code
 * /tokenize}, {@code /detokenize}, {@code /apply-template}.
 *
 * <p>What belongs here: these formats. Nothing else needs this package but the wiring.
 */
@NullMarked
package dev.flyball.server.llamacpp;

import org.jspecify.annotations.NullMarked;
