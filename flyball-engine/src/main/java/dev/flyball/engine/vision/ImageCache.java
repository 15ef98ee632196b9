package dev.flyball.engine.vision;

import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Optional;

/**
 * Encoded images by the digest of their files, within so many bytes; the least recently used goes
 * first. Thread-safe.
 */
final class ImageCache {
  private final long limitBytes;
  private final LinkedHashMap<ByteBuffer, EncodedImage> images =
      new LinkedHashMap<>(16, 0.75f, true);
  private long bytes;

  ImageCache(long limitBytes) {
    this.limitBytes = limitBytes;
  }

  synchronized Optional<EncodedImage> find(byte[] digest) {
    return Optional.ofNullable(images.get(ByteBuffer.wrap(digest)));
  }

  synchronized void put(byte[] digest, EncodedImage image) {
    if (image.bytes() > limitBytes || images.containsKey(ByteBuffer.wrap(digest))) {
      return;
    }
    while (bytes + image.bytes() > limitBytes) {
      bytes -= images.pollFirstEntry().getValue().bytes();
    }
    images.put(ByteBuffer.wrap(digest.clone()), image);
    bytes += image.bytes();
  }

  synchronized long bytes() {
    return bytes;
  }
}
