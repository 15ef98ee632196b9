package dev.flyball.cli.console;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintStream;

/** Results for programs: one JSON value on standard output. */
public final class JsonOutput {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private JsonOutput() {}

  /** Prints a value on one line. */
  public static void printLine(PrintStream out, Object value) {
    out.println(text(value, false));
  }

  /** Prints a value over several lines, for eyes and programs alike. */
  public static void printIndented(PrintStream out, Object value) {
    out.println(text(value, true));
  }

  private static String text(Object value, boolean indented) {
    try {
      return indented
          ? MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(value)
          : MAPPER.writeValueAsString(value);
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException("a result cannot be written as JSON", impossible);
    }
  }
}
