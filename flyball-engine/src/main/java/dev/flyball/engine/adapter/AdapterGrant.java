package dev.flyball.engine.adapter;

/** The answer to an {@link AdapterWish}. */
public sealed interface AdapterGrant permits AdapterLease, AdapterGrant.Unknown {
  /** There is none of this name, or not any more. */
  record Unknown(String name) implements AdapterGrant {}
}
