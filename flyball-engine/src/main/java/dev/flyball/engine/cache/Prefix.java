package dev.flyball.engine.cache;

/** What a block of tokens can follow: nothing but its root, or another block. */
sealed interface Prefix permits PrefixRoot, PrefixNode {}
