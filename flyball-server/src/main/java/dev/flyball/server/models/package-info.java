/**
 * Which models there are and which are loaded: a catalogue of files by name, and a registry of
 * engines that loads on first use, unloads when idle and keeps to a memory budget.
 *
 * <p>What belongs here: names, files and the life of engines. Requests to a model do not.
 */
@NullMarked
package dev.flyball.server.models;

import org.jspecify.annotations.NullMarked;
