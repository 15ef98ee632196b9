package dev.flyball.engine.template;

import dev.flyball.engine.EngineException;

/**
 * What a name, attribute or item that does not exist evaluates to. It prints as nothing, is false
 * and has no items; whatever else is done with it fails with its message.
 */
record Undefined(String message) {
  static Undefined variable(String name) {
    return new Undefined("'" + name + "' is undefined");
  }

  static Undefined attribute(Object owner, String name) {
    return new Undefined("a value of type " + Values.typeName(owner) + " has no '" + name + "'");
  }

  static Undefined item(Object owner) {
    return new Undefined("a value of type " + Values.typeName(owner) + " has no such item");
  }

  /** An attribute that would change its owner or reach into the interpreter. */
  static Undefined forbidden(Object owner, String name) {
    return new Undefined(
        "'" + name + "' of a value of type " + Values.typeName(owner) + " may not be used");
  }

  EngineException failure() {
    return Failure.render(message);
  }
}
