package dev.flyball.engine.vision;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/**
 * What an encoder made of an image: vectors for the text model, and what tells it apart from other
 * images. Immutable.
 */
public final class EncodedImage {
  private final float[] vectors;
  private final int tokens;
  private final int[] keys;

  /**
   * @param digest of the image's file
   * @param vectors (tokens, columns); taken over
   */
  EncodedImage(byte[] digest, float[] vectors, int tokens) {
    this.vectors = vectors;
    this.tokens = tokens;
    keys = keys(digest, tokens + 1);
  }

  /**
   * Numbers below 0, which no token has as its id: the digest, continued by digests of itself and a
   * counter.
   */
  private static int[] keys(byte[] digest, int count) {
    int[] keys = new int[count];
    ByteBuffer block = ByteBuffer.allocate(0);
    for (int i = 0; i < count; i++) {
      if (!block.hasRemaining()) {
        block =
            ByteBuffer.wrap(sha256(digest, ByteBuffer.allocate(Integer.BYTES).putInt(i).array()));
      }
      keys[i] = block.getInt() | Integer.MIN_VALUE;
    }
    return keys;
  }

  /** SHA-256 of some bytes, one behind the other. */
  static byte[] sha256(byte[]... parts) {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      Arrays.stream(parts).forEach(sha256::update);
      return sha256.digest();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /** Tokens that it takes in a prompt, without those around it. */
  public int tokens() {
    return tokens;
  }

  /** (tokens, columns); not to be changed. */
  float[] vectors() {
    return vectors;
  }

  /** One for the token that begins the image, and one for each vector. */
  int[] keys() {
    return keys;
  }

  /** Memory that it takes. */
  long bytes() {
    return (long) vectors.length * Float.BYTES + (long) keys.length * Integer.BYTES;
  }
}
