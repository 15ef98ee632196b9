package dev.flyball.cli;

import dev.flyball.cli.console.CommandFailure;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The model that rides in the jar: laid out in the data folder at first use, checked at each. */
final class DemoModel {
  /** The name that users give it. */
  static final String NAME = "fable-5m";

  static final String DESCRIPTION =
      "5 million parameters, trained on old fairy tales: it writes in their manner and knows nothing"
          + " else";

  private static final String RESOURCE = "models/fable-5m-q8_0.gguf";
  private static final long SIZE_BYTES = 5_649_248;
  private static final String SHA_256 =
      "9453b1ebd5d2a0fa0636e9b5a88ae792610cee8132bc4d43a32e4328c4f6b499";

  private DemoModel() {}

  /**
   * The file, which is written where it is missing or damaged.
   *
   * @throws CommandFailure where it cannot be
   */
  static Path file(FlyballHome home) {
    Path file = home.directory().resolve("demo").resolve(NAME + ".gguf");
    try {
      if (!isIntact(file)) {
        extract(file);
      }
      return file;
    } catch (IOException failure) {
      throw new CommandFailure(
          "the demo model cannot be laid out as "
              + file
              + " ("
              + failure.getMessage()
              + "); set FLYBALL_HOME to a folder that can be written",
          failure);
    }
  }

  private static boolean isIntact(Path file) throws IOException {
    if (!Files.isRegularFile(file) || Files.size(file) != SIZE_BYTES) {
      return false;
    }
    try (InputStream in = Files.newInputStream(file)) {
      return sha256(in).equals(SHA_256);
    }
  }

  /** Renamed into place, so that a second flyball never sees half a file. */
  private static void extract(Path file) throws IOException {
    Files.createDirectories(file.getParent());
    Path temporary = Files.createTempFile(file.getParent(), NAME, ".part");
    try (InputStream resource = DemoModel.class.getResourceAsStream(RESOURCE)) {
      if (resource == null) {
        throw new CommandFailure("this jar was built without the demo model");
      }
      Files.copy(resource, temporary, StandardCopyOption.REPLACE_EXISTING);
      Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(temporary);
    }
    if (!isIntact(file)) {
      throw new CommandFailure("the demo model in this jar is damaged; build or fetch it again");
    }
  }

  private static String sha256(InputStream in) throws IOException {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      new DigestInputStream(new BufferedInputStream(in, 1 << 16), digest)
          .transferTo(OutputStream.nullOutputStream());
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every Java has SHA-256", impossible);
    }
  }
}
