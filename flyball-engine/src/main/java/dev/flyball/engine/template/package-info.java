/**
 * Chat templates: the Jinja dialect in which models describe how a conversation becomes a prompt.
 *
 * <p>A template's way: {@code Lexer} (source to tokens), {@code TemplateParser} (tokens to {@code
 * Stmt} and {@code Expr}), {@code Executor} and {@code Evaluator} (these and the variables to
 * text). {@code Values} says what templates compute with; {@code Filters}, {@code Predicates},
 * {@code Globals} and the {@code Methods} classes are the library; {@code Budget} holds the limits,
 * which everything that loops or builds a value has to charge.
 *
 * <p>What belongs here: parsing and rendering of templates, under limits. What a request looks like
 * does not.
 */
@NullMarked
package dev.flyball.engine.template;

import org.jspecify.annotations.NullMarked;
