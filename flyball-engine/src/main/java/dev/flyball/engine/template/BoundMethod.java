package dev.flyball.engine.template;

/** A method of a value of type text, dict or list, not yet called. */
record BoundMethod(Object owner, String name, Body body) implements Callable {
  /** What a method does. */
  interface Body {
    Object call(Object owner, Arguments arguments, Rendering rendering);
  }

  @Override
  public Object call(Arguments arguments, Rendering rendering) {
    return body.call(owner, arguments, rendering);
  }
}
