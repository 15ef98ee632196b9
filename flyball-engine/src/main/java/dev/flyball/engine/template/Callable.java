package dev.flyball.engine.template;

/** A value that can be called. */
interface Callable {
  Object call(Arguments arguments, Rendering rendering);
}
