package dev.flyball.engine.cache;

/**
 * What was asked of a cache since it was made.
 *
 * @param queriedTokens tokens of all prompts that were opened
 * @param hitTokens how many of these were found, at the opening or later
 * @param evictedBlocks blocks kept for reuse that gave way to others
 * @param writtenBlocks blocks written to the cache's file
 * @param readBlocks blocks read back from it
 */
public record KvCacheCounters(
    long queriedTokens, long hitTokens, long evictedBlocks, long writtenBlocks, long readBlocks) {}
