package dev.flyball.bench;

import java.nio.charset.StandardCharsets;
import java.util.Random;

/** Texts of one megabyte (2^20 bytes of UTF-8 or a little more) to tokenize, always the same. */
public enum TokenizerTexts {
  /** Words of English look by Zipf's law, so that few are frequent and many rare. */
  PROSE,
  /** Statements with identifiers, operators, numbers and indentation. */
  CODE,
  /** The 3000 first Han characters by a skewed law, with punctuation, without spaces. */
  CHINESE,
  /** One letter. */
  LETTER_A,
  SPACES,
  /** Random bytes, where what is no UTF-8 is U+FFFD. */
  RANDOM_BYTES;

  static final int SIZE_BYTES = 1 << 20;

  String text() {
    return switch (this) {
      case PROSE -> new Words(1, 30_000, "abdefghiklmnoprstuvwyz").prose();
      case CODE -> new Words(2, 5_000, "abcdefghijklmnopqrstuvwxyz_").code();
      case CHINESE -> chinese(new Random(3));
      case LETTER_A -> "a".repeat(SIZE_BYTES);
      case SPACES -> " ".repeat(SIZE_BYTES);
      case RANDOM_BYTES -> randomBytes(new Random(4));
    };
  }

  private static String chinese(Random random) {
    StringBuilder text = new StringBuilder();
    while (text.length() < SIZE_BYTES / 3) {
      double skewed = random.nextDouble() * random.nextDouble();
      text.append((char) (0x4E00 + (int) (skewed * 3000)));
      if (random.nextInt(14) == 0) {
        text.append(random.nextBoolean() ? '，' : '。');
      }
    }
    return text.toString();
  }

  private static String randomBytes(Random random) {
    byte[] bytes = new byte[SIZE_BYTES];
    random.nextBytes(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /** A made-up language. */
  private static final class Words {
    private final Random random;
    private final String[] words;

    Words(long seed, int count, String letters) {
      random = new Random(seed);
      words = new String[count];
      for (int i = 0; i < count; i++) {
        StringBuilder word = new StringBuilder();
        int length = 1 + random.nextInt(3 + Math.min(8, i / 20));
        for (int j = 0; j < length; j++) {
          word.append(letters.charAt(random.nextInt(letters.length())));
        }
        words[i] = word.toString();
      }
    }

    private String next() {
      return words[(int) Math.pow(words.length, random.nextDouble()) - 1];
    }

    String prose() {
      StringBuilder text = new StringBuilder();
      while (text.length() < SIZE_BYTES) {
        text.append(next());
        text.append(
            switch (random.nextInt(40)) {
              case 0 -> ".\n\n";
              case 1, 2 -> ". ";
              case 3, 4, 5 -> ", ";
              default -> " ";
            });
      }
      return text.toString();
    }

    String code() {
      StringBuilder text = new StringBuilder();
      while (text.length() < SIZE_BYTES) {
        text.append("    ".repeat(1 + random.nextInt(4)))
            .append(next())
            .append(random.nextBoolean() ? " = " : "(")
            .append(next())
            .append(random.nextBoolean() ? "[" + random.nextInt(1000) + "]" : "." + next() + "()")
            .append(random.nextInt(4) == 0 ? " {\n" : ";\n");
      }
      return text.toString();
    }
  }
}
