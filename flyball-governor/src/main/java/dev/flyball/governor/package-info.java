/**
 * Shapes, targets and plans: what is known of a request before it runs, what could answer it, and
 * the decision how it is answered, with its reasons. Pure: no I/O, no threads, no clock.
 *
 * <p>What belongs here: what a decision is made of and the deciding. How a shape is found out, how
 * a plan is carried out, and what it cost in the end do not.
 */
@NullMarked
package dev.flyball.governor;

import org.jspecify.annotations.NullMarked;
