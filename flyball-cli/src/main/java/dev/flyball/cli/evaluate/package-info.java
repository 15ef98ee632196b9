/** What {@code flyball perplexity} shows, for people and for programs. */
@NullMarked
package dev.flyball.cli.evaluate;

import org.jspecify.annotations.NullMarked;
