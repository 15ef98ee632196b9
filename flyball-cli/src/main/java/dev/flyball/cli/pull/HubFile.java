package dev.flyball.cli.pull;

/**
 * A file of a repository on the hub.
 *
 * @param path within the repository, with {@code /}
 * @param sizeBytes its size
 * @param checksum what its bytes must hash to
 */
public record HubFile(String path, long sizeBytes, Checksum checksum) {}
