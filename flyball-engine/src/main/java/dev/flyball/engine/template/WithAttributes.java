package dev.flyball.engine.template;

import java.util.Optional;

/** A value that has attributes by name. */
interface WithAttributes {
  Optional<Object> attribute(String name);
}
