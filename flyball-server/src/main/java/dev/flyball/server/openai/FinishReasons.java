package dev.flyball.server.openai;

import dev.flyball.engine.FinishReason;

/** How the OpenAI API calls the reasons for an end. */
final class FinishReasons {
  private FinishReasons() {}

  static String nameOf(FinishReason reason) {
    return switch (reason) {
      case STOP -> "stop";
      case LENGTH -> "length";
      case CANCELLED -> "cancelled";
    };
  }
}
