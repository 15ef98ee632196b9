/**
 * Machine code as something that Java can call: what the processor can do, memory that it may
 * execute, the call itself.
 *
 * <p>What belongs here: the operating system's and the processor's side of generated code.
 * Instructions and kernels do not.
 */
@NullMarked
package dev.flyball.kernels.code;

import org.jspecify.annotations.NullMarked;
