package dev.flyball.engine.model;

import dev.flyball.engine.model.arithmetic.NormSpec;
import java.util.Optional;

/**
 * The keys and values that an attention layer stores of a token, as read from a file.
 *
 * @param key (kvHeads * keyLength, columns)
 * @param value (kvHeads * valueLength, columns); nothing: values are the keys before norm and
 *     rotation
 * @param keyNorm norm of each key head, or, where it is as long, of all heads as one row
 * @param valueNorm likewise of values
 */
record KeyValueSpec(
    Linear.Tensors key,
    Optional<Linear.Tensors> value,
    Optional<NormSpec> keyNorm,
    Optional<NormSpec> valueNorm) {}
