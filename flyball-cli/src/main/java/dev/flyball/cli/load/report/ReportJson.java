package dev.flyball.cli.load.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.flyball.cli.console.CommandFailure;
import dev.flyball.cli.load.measure.LoadReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reports as JSON: the components of {@link LoadReport} in snake case. */
public final class ReportJson {
  private static final long MAX_BYTES = 64 << 20;
  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .build();

  private ReportJson() {}

  /** A report as text over several lines. */
  public static String write(LoadReport report) {
    try {
      return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(report);
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException("a report cannot be written as JSON", impossible);
    }
  }

  /**
   * Reads a report.
   *
   * @throws CommandFailure where the file holds none, or one of another version
   */
  public static LoadReport read(Path file) {
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw new CommandFailure(file + " is longer than a report of flyball load can be");
      }
      JsonNode tree = JSON.readTree(file.toFile());
      int format = tree.path("format").asInt();
      if (format != LoadReport.FORMAT) {
        throw new CommandFailure(
            "%s is no report of flyball load -o json of format %d"
                .formatted(file, LoadReport.FORMAT));
      }
      return JSON.treeToValue(tree, LoadReport.class);
    } catch (JsonProcessingException damaged) {
      throw new CommandFailure(
          file + " is no report of flyball load: " + damaged.getOriginalMessage(), damaged);
    } catch (IOException failure) {
      throw new CommandFailure(file + " cannot be read: " + failure, failure);
    }
  }
}
