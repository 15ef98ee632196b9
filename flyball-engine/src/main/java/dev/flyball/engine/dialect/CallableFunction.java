package dev.flyball.engine.dialect;

import org.jspecify.annotations.Nullable;

/**
 * A function that a model may call.
 *
 * @param name letters, digits, {@code _}, {@code .} and {@code -}
 * @param parameters the JSON schema of its arguments, as {@link
 *     dev.flyball.engine.grammar.Grammar#ofJsonSchema} takes it
 */
public record CallableFunction(String name, @Nullable Object parameters) {}
