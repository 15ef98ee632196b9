package dev.flyball.engine.cache;

/**
 * Who may share prefixes with each other: sequences of one namespace. Different ones keep apart
 * what must not be mixed, such as tenants that want it so, or adapters that compute other values
 * from the same tokens.
 */
public record KvNamespace(String name) {
  public static final KvNamespace EVERYBODY = new KvNamespace("");
}
