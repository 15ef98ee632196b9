package dev.flyball.cli.chat;

import java.nio.file.Path;
import java.util.Optional;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.UserInterruptException;
import org.jline.reader.impl.DefaultParser;
import org.jline.terminal.Terminal;

/**
 * Reads messages, which may go over several lines: between lines of three quotes, or while lines
 * end with a backslash. Remembers what was typed in a file.
 */
final class ChatReader {
  private static final String QUOTES = "\"\"\"";
  private static final String PROMPT = ">>> ";
  private static final String NEXT_LINE_PROMPT = "... ";
  private static final int HISTORY_ENTRIES = 1000;

  private final LineReader lines;

  ChatReader(Terminal terminal, Path historyFile) {
    DefaultParser parser = new DefaultParser();
    parser.setEscapeChars(new char[0]);
    this.lines =
        LineReaderBuilder.builder()
            .terminal(terminal)
            .parser(parser)
            .variable(LineReader.HISTORY_FILE, historyFile)
            .variable(LineReader.HISTORY_SIZE, HISTORY_ENTRIES)
            .variable(LineReader.HISTORY_FILE_SIZE, HISTORY_ENTRIES)
            .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
            .option(LineReader.Option.BRACKETED_PASTE, true)
            .build();
  }

  /** What was read. */
  sealed interface Reading {
    record Text(String text) implements Reading {}

    /** Ctrl-C. */
    record Interrupted() implements Reading {}

    /** Ctrl-D, or the end of the input. */
    record Ended() implements Reading {}
  }

  Reading read() {
    try {
      return new Reading.Text(message());
    } catch (UserInterruptException interrupted) {
      return new Reading.Interrupted();
    } catch (EndOfFileException ended) {
      return Optional.ofNullable(ended.getPartialLine())
          .filter(line -> !line.isBlank())
          .<Reading>map(Reading.Text::new)
          .orElseGet(Reading.Ended::new);
    }
  }

  private String message() {
    String line = lines.readLine(PROMPT);
    if (line.stripLeading().startsWith(QUOTES)) {
      return quoted(line.stripLeading().substring(QUOTES.length()));
    }
    StringBuilder text = new StringBuilder();
    while (line.endsWith("\\")) {
      text.append(line, 0, line.length() - 1).append('\n');
      line = lines.readLine(NEXT_LINE_PROMPT);
    }
    return text.append(line).toString();
  }

  private String quoted(String first) {
    StringBuilder text = new StringBuilder();
    String line = first;
    while (!line.stripTrailing().endsWith(QUOTES)) {
      text.append(line).append('\n');
      line = lines.readLine(NEXT_LINE_PROMPT);
    }
    String last = line.stripTrailing();
    return text.append(last, 0, last.length() - QUOTES.length()).toString();
  }
}
