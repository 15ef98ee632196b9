package dev.flyball.engine.weights;

import dev.flyball.engine.EngineError;
import dev.flyball.engine.EngineException;
import dev.flyball.kernels.matmul.PackedMatrix;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * Tells model files apart without reading all of them: a SHA-256 of each part's length and time of
 * change, its first 16 MiB (metadata and the list of tensors), and 64 samples of 4 KiB of the rest;
 * and of the version of the packed layout, which is the same for all levels of instructions.
 *
 * @param hex 64 digits
 */
record ModelFingerprint(String hex) {
  private static final int HEAD_BYTES = 16 << 20;
  private static final int SAMPLES = 64;
  private static final int SAMPLE_BYTES = 4096;

  static ModelFingerprint of(List<Path> parts) {
    MessageDigest digest = sha256();
    putLong(digest, PackedMatrix.LAYOUT_VERSION);
    putLong(digest, parts.size());
    for (Path part : parts) {
      try (FileChannel channel = FileChannel.open(part, StandardOpenOption.READ)) {
        add(digest, part, channel);
      } catch (IOException e) {
        throw new EngineException(
            EngineError.FILE_UNREADABLE, part + ": cannot be read: " + e.getMessage(), e);
      }
    }
    return new ModelFingerprint(HexFormat.of().formatHex(digest.digest()));
  }

  private static void add(MessageDigest digest, Path part, FileChannel channel) throws IOException {
    long size = channel.size();
    putLong(digest, size);
    putLong(digest, Files.getLastModifiedTime(part).toMillis());
    ByteBuffer buffer = ByteBuffer.allocate((int) Math.min(size, HEAD_BYTES));
    read(digest, channel, buffer, 0);
    buffer = ByteBuffer.allocate(SAMPLE_BYTES);
    long rest = size - HEAD_BYTES;
    for (int i = 1; i <= SAMPLES && rest > 0; i++) {
      read(
          digest,
          channel,
          buffer.clear(),
          Math.max(0, HEAD_BYTES + rest * i / SAMPLES - SAMPLE_BYTES));
    }
  }

  private static void read(MessageDigest digest, FileChannel channel, ByteBuffer buffer, long at)
      throws IOException {
    while (buffer.hasRemaining() && channel.read(buffer, at + buffer.position()) > 0) {}
    digest.update(buffer.flip());
  }

  private static void putLong(MessageDigest digest, long value) {
    digest.update(ByteBuffer.allocate(Long.BYTES).putLong(value).flip());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
