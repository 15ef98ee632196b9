package dev.flyball.kernels.limits;

/**
 * What a machine can do at best on some number of threads.
 *
 * @param readBytesPerSecond bytes read from memory, far more than caches hold
 * @param multiplyAddsPerSecond products of two 8-bit integers added to a 32-bit sum
 */
public record MachineLimits(double readBytesPerSecond, double multiplyAddsPerSecond) {}
