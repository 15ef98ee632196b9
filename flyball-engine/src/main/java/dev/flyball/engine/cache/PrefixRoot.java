package dev.flyball.engine.cache;

/** What stands before the first block: only what is of one namespace and stored alike is shared. */
record PrefixRoot(KvNamespace namespace, KvStorage storage) implements Prefix {}
