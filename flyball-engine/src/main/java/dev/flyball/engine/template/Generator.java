package dev.flyball.engine.template;

import java.util.Iterator;

/**
 * What filters such as {@code map} and {@code select} return: items that are made when they are
 * asked for, and that can be gone through once. Has no length, and is always true.
 */
record Generator(Iterator<Object> items) {}
