package dev.flyball.engine.gguf;

/**
 * What a message about a file speaks of; made into text only when there is something to say.
 *
 * @param kind what it is, e.g. {@code tensor}
 * @param name its name in the file, empty where it has none
 */
record Subject(String kind, String name) {
  static Subject of(String kind) {
    return new Subject(kind, "");
  }

  static Subject key(String name) {
    return new Subject("key", name);
  }

  static Subject tensor(String name) {
    return new Subject("tensor", name);
  }

  @Override
  public String toString() {
    return name.isEmpty() ? kind : kind + " " + Quoted.of(name);
  }
}
