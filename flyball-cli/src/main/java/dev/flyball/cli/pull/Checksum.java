package dev.flyball.cli.pull;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** What the bytes of a file must hash to. */
public sealed interface Checksum {
  /** In lower-case hexadecimal digits. */
  String hex();

  /** A digest that waits for the file's bytes. */
  MessageDigest newDigest();

  /** SHA-256 of the content: what the hub gives for files in its large file storage. */
  record Sha256(String hex) implements Checksum {
    public Sha256 {
      requireHex(hex, 64);
    }

    @Override
    public MessageDigest newDigest() {
      return digest("SHA-256");
    }
  }

  /** The id that git gives a blob: SHA-1 of a short header and the content. */
  record GitBlob(String hex, long sizeBytes) implements Checksum {
    public GitBlob {
      requireHex(hex, 40);
    }

    @Override
    public MessageDigest newDigest() {
      MessageDigest digest = digest("SHA-1");
      digest.update(("blob " + sizeBytes + "\0").getBytes(StandardCharsets.US_ASCII));
      return digest;
    }
  }

  private static void requireHex(String hex, int digits) {
    if (!hex.matches("[0-9a-f]{" + digits + "}")) {
      throw new IllegalArgumentException("not a checksum of " + digits + " digits: " + hex);
    }
  }

  private static MessageDigest digest(String algorithm) {
    try {
      return MessageDigest.getInstance(algorithm);
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every Java has " + algorithm, impossible);
    }
  }
}
