/** JMH micro-benchmarks; ships nothing. */
@NullMarked
package dev.flyball.bench;

import org.jspecify.annotations.NullMarked;
