package dev.flyball.cli;

/** How log records look on standard error. */
final class LogFormat {
  private static final String PROPERTY = "java.util.logging.SimpleFormatter.format";

  private LogFormat() {}

  /** One line with time, level and message, unless the user asked for another form. */
  static void useOneLinePerRecord() {
    if (System.getProperty(PROPERTY) == null) {
      System.setProperty(PROPERTY, "%1$tFT%1$tT %4$s %5$s%6$s%n");
    }
  }
}
