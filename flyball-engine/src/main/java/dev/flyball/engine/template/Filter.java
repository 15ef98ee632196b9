package dev.flyball.engine.template;

/** What stands behind the bar in {@code value|filter(arguments)}. */
interface Filter {
  Object apply(Object input, Arguments arguments, Rendering rendering);
}
