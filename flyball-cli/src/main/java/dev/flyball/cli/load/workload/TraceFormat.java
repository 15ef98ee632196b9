package dev.flyball.cli.load.workload;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.LocalDateTime;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** How a line of a trace is read. */
enum TraceFormat {
  /**
   * Comma-separated {@code TIMESTAMP,ContextTokens,GeneratedTokens}, the timestamp as {@code
   * 2023-11-16 18:15:46.6805900}: the Azure LLM inference dataset of 2023.
   */
  AZURE_CSV("azure") {
    @Override
    TraceRecord parse(String line) {
      String[] fields = line.split(",", -1);
      if (fields.length != 3) {
        throw new IllegalArgumentException(
            "%d fields where TIMESTAMP,ContextTokens,GeneratedTokens are 3"
                .formatted(fields.length));
      }
      return new TraceRecord(nanos(fields[0]), tokens(fields[1]), tokens(fields[2]), List.of());
    }

    private static long nanos(String text) {
      try {
        LocalDateTime time = LocalDateTime.parse(text.strip().replace(' ', 'T'));
        if (time.getYear() < 1970 || time.getYear() > 2200) {
          throw new IllegalArgumentException("the year of " + text + " is not 1970 to 2200");
        }
        return ChronoUnit.NANOS.between(EPOCH, time);
      } catch (DateTimeParseException wrong) {
        throw new IllegalArgumentException("'" + text + "' is no timestamp", wrong);
      }
    }

    private static int tokens(String text) {
      try {
        return Integer.parseInt(text.strip());
      } catch (NumberFormatException wrong) {
        throw new IllegalArgumentException("'" + text + "' is no number of tokens", wrong);
      }
    }
  },

  /**
   * A JSON object on each line with {@code timestamp} (milliseconds), {@code input_length}, {@code
   * output_length} and {@code hash_ids}: the traces of Mooncake.
   */
  MOONCAKE_JSONL("mooncake") {
    @Override
    TraceRecord parse(String line) {
      JsonNode object = object(line);
      long millis = integer(object.path("timestamp"), "timestamp", MAX_MILLIS);
      int prompt = (int) integer(object.path("input_length"), "input_length", Integer.MAX_VALUE);
      int output = (int) integer(object.path("output_length"), "output_length", Integer.MAX_VALUE);
      List<Long> blocks = new ArrayList<>();
      for (JsonNode id : object.path("hash_ids")) {
        blocks.add(integer(id, "hash_ids", Long.MAX_VALUE));
      }
      return new TraceRecord(millis * 1_000_000, prompt, output, blocks);
    }

    private static JsonNode object(String line) {
      try {
        return JSON.readTree(line);
      } catch (JsonProcessingException wrong) {
        throw new IllegalArgumentException("no JSON: " + wrong.getOriginalMessage(), wrong);
      }
    }

    private static long integer(JsonNode node, String name, long max) {
      if (!node.isIntegralNumber() || !node.canConvertToLong()) {
        throw new IllegalArgumentException(name + " is missing or no whole number");
      }
      long value = node.asLong();
      if (value < 0 || value > max) {
        throw new IllegalArgumentException("%s %d is not 0 to %d".formatted(name, value, max));
      }
      return value;
    }
  };

  private static final LocalDateTime EPOCH = LocalDateTime.of(1970, 1, 1, 0, 0);

  /** A hundred years. */
  private static final long MAX_MILLIS = 100L * 366 * 24 * 3600 * 1000;

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);
  private static final String AZURE_HEADER = "TIMESTAMP,ContextTokens,GeneratedTokens";

  private final String className;

  TraceFormat(String className) {
    this.className = className;
  }

  /** What requests of such a trace are reported under. */
  String className() {
    return className;
  }

  /** The format of a file by its first line. */
  static Optional<TraceFormat> ofFirstLine(String line) {
    if (line.strip().equalsIgnoreCase(AZURE_HEADER)) {
      return Optional.of(AZURE_CSV);
    }
    return line.startsWith("{") ? Optional.of(MOONCAKE_JSONL) : Optional.empty();
  }

  /** Whether the first line is a request, too. */
  boolean firstLineIsRecord() {
    return this == MOONCAKE_JSONL;
  }

  /**
   * Reads a line.
   *
   * @throws IllegalArgumentException where it is damaged
   */
  abstract TraceRecord parse(String line);
}
