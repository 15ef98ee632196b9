package dev.flyball.engine.gguf;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.lang.foreign.MemorySegment;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Tells whether two files hold the same model, without reading all of it: a SHA-256 of the
 * metadata, of the tensors' names, types and shapes, and of the first bytes of every tensor.
 * Weights that were trained further differ in those too.
 */
public final class GgufFingerprint {
  private static final int SAMPLE_BYTES = 4096;

  private GgufFingerprint() {}

  /** 64 hexadecimal digits. */
  public static String of(GgufFile file) {
    MessageDigest sha256 = sha256();
    GgufMetadata metadata = file.metadata();
    for (String key : metadata.keys().stream().sorted().toList()) {
      sha256.update((key + "=" + metadata.describe(key) + "\n").getBytes(UTF_8));
    }
    for (GgufTensor tensor : file.tensors()) {
      String head = tensor.name() + " " + tensor.type() + " " + tensor.shape() + "\n";
      sha256.update(head.getBytes(UTF_8));
      MemorySegment data = tensor.data();
      sha256.update(data.asSlice(0, Math.min(SAMPLE_BYTES, data.byteSize())).asByteBuffer());
    }
    return HexFormat.of().formatHex(sha256.digest());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
