package dev.flyball.server.openai;

import java.util.concurrent.ThreadLocalRandom;

/** Makes the ids by which a client says which call a result belongs to. */
final class ToolCallId {
  private static final String CHARACTERS =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

  /** Mistral's templates refuse every other length, and everything but letters and digits. */
  private static final int LENGTH = 9;

  private ToolCallId() {}

  static String next() {
    StringBuilder id = new StringBuilder(LENGTH);
    for (int i = 0; i < LENGTH; i++) {
      id.append(CHARACTERS.charAt(ThreadLocalRandom.current().nextInt(CHARACTERS.length())));
    }
    return id.toString();
  }
}
