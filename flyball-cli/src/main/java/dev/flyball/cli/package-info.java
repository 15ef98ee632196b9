/**
 * The {@code flyball} command: one class a subcommand, each thin over the modules that do the work.
 */
@NullMarked
package dev.flyball.cli;

import org.jspecify.annotations.NullMarked;
