package dev.flyball.engine.cache;

/** What a block of tokens can follow: nothing but its namespace, or another block. */
sealed interface Prefix permits KvNamespace, PrefixNode {}
