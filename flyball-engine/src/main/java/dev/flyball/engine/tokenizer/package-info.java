/**
 * Text to token ids and back, as the metadata of a GGUF file describes it.
 *
 * <p>What belongs here: vocabularies, pre-tokenizers, merge algorithms, streaming detokenization.
 * Conversations and templates do not.
 */
@NullMarked
package dev.flyball.engine.tokenizer;

import org.jspecify.annotations.NullMarked;
