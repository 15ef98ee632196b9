package dev.flyball.cli.console;

import java.io.Console;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The streams that a process is born with. */
enum StandardStream {
  IN(0),
  ERR(2);

  private final int descriptor;

  StandardStream(int descriptor) {
    this.descriptor = descriptor;
  }

  /**
   * Whether a terminal is at the other end. Linux names the device behind each descriptor;
   * elsewhere the JDK tells of input and output together only, which is then taken for the answer.
   */
  @SuppressWarnings("SystemConsoleNull") // its contract still allows null
  boolean isTerminal() {
    Path link = Path.of("/proc/self/fd/" + descriptor);
    if (Files.isSymbolicLink(link)) {
      try {
        String device = Files.readSymbolicLink(link).toString();
        return device.startsWith("/dev/pts/") || device.startsWith("/dev/tty");
      } catch (IOException unreadable) {
        return false;
      }
    }
    Console console = System.console();
    return console != null && console.isTerminal();
  }
}
