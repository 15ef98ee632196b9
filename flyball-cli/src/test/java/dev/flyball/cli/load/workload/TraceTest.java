package dev.flyball.cli.load.workload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.flyball.cli.console.CommandFailure;
import dev.flyball.cli.load.workload.PromptSpec.Part;
import dev.flyball.cli.load.workload.TraceWorkload.Scale;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TraceTest {
  private static final String AZURE =
      """
      TIMESTAMP,ContextTokens,GeneratedTokens\r
      2023-11-16 23:59:58.5000000,374,44\r
      2023-11-17 00:00:00.0000000,396,109\r
      2023-11-17 00:00:02.2500000,12,7""";
  private static final String MOONCAKE =
      """
      {"timestamp": 0, "input_length": 1100, "output_length": 5, "hash_ids": [0, 1, 2]}
      {"timestamp": 500, "input_length": 1030, "output_length": 6, "hash_ids": [0, 1, 7]}
      {"timestamp": 3000, "input_length": 400, "output_length": 7, "hash_ids": [9]}
      """;

  @TempDir Path folder;

  @Test
  void azureTraceKeepsItsTimesAndLengths() throws IOException {
    List<PlannedRequest> requests = replay(file(AZURE), new Scale(1, 1));

    assertThat(requests.stream().map(PlannedRequest::arrivalNanos))
        .containsExactly(0L, 1_500_000_000L, 3_750_000_000L);
    assertThat(requests.stream().map(r -> r.prompt().tokens())).containsExactly(374, 396, 12);
    assertThat(requests.stream().map(PlannedRequest::outputTokens)).containsExactly(44, 109, 7);
  }

  @Test
  void scalesStretchTimesAndLengths() throws IOException {
    List<PlannedRequest> requests = replay(file(AZURE), new Scale(0.5, 0.1));

    assertThat(requests.getLast().arrivalNanos()).isEqualTo(1_875_000_000L);
    assertThat(requests.stream().map(r -> r.prompt().tokens())).containsExactly(37, 40, 1);
    assertThat(requests.stream().map(PlannedRequest::outputTokens)).containsExactly(4, 11, 1);
  }

  @Test
  void equalHashIdsGiveEqualTextBlocks() throws IOException {
    List<PlannedRequest> requests = replay(file(MOONCAKE), new Scale(1, 1));

    List<Part> first = requests.get(0).prompt().parts();
    List<Part> second = requests.get(1).prompt().parts();
    assertThat(first.stream().map(Part::tokens)).containsExactly(512, 512, 76);
    assertThat(second.stream().map(Part::tokens)).containsExactly(512, 512, 6);
    assertThat(second.subList(0, 2)).isEqualTo(first.subList(0, 2));
    assertThat(second.get(2).seed()).isNotEqualTo(first.get(2).seed());
  }

  @Test
  void gzipIsReadAsWhatIsInIt() throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
      gzip.write(MOONCAKE.getBytes(StandardCharsets.UTF_8));
    }
    Path file = Files.write(folder.resolve("trace.gz"), packed.toByteArray());

    assertThat(replay(file, new Scale(1, 1))).isEqualTo(replay(file(MOONCAKE), new Scale(1, 1)));
  }

  @Test
  void sliceBeginsAndEndsOnTheTracesOwnClock() throws IOException {
    TraceSlice slice =
        new TraceSlice(
            file(MOONCAKE), Duration.ofMillis(400), Optional.of(Duration.ofMillis(2601)), 10);

    List<PlannedRequest> requests = replay(slice, new Scale(2, 1), OptionalInt.of(1000));

    assertThat(requests.stream().map(PlannedRequest::arrivalNanos))
        .containsExactly(200_000_000L, 5_200_000_000L);
    assertThat(requests.stream().map(PlannedRequest::className)).containsExactly("long", "short");
    assertThat(slice.measure()).isEqualTo(new TraceSlice.Size(2, 2.6));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "a,b,c\n1,2,3",
        "TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-16 18:15:46,5",
        "TIMESTAMP,ContextTokens,GeneratedTokens\nyesterday,5,5",
        "TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-16 18:15:46,-5,5",
        "TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-16 18:15:46,5,5\n2022-11-16 18:15:46,5,5",
        "{\"timestamp\": 0, \"input_length\": 600, \"output_length\": 5, \"hash_ids\": [1]}",
        "{\"timestamp\": -1, \"input_length\": 6, \"output_length\": 5, \"hash_ids\": [1]}",
        "{\"timestamp\": 0, \"output_length\": 5}",
        "{\"timestamp\": 0,"
      })
  void damagedTraceIsRefusedWithItsLine(String text) {
    assertThatThrownBy(() -> replay(file(text), new Scale(1, 1)))
        .isInstanceOf(CommandFailure.class)
        .hasMessageContaining("line ");
  }

  /** Whatever the bytes are, reading ends: with requests in order, or with a named line. */
  @Test
  void anyBytesAreReadOrRefused() throws IOException {
    long seed = System.nanoTime();
    System.out.println("TraceTest seed " + seed);
    Random random = new Random(seed);
    Path file = folder.resolve("fuzzed");
    for (int round = 0; round < 500; round++) {
      byte[] bytes = (round % 2 == 0 ? AZURE : MOONCAKE).getBytes(StandardCharsets.UTF_8);
      for (int change = random.nextInt(4); change >= 0; change--) {
        int at = random.nextInt(bytes.length);
        bytes[at] =
            random.nextBoolean()
                ? (byte) random.nextInt(256)
                : (byte) "0123456789,:[]{}\"-\n eE.".charAt(random.nextInt(23));
      }
      Files.write(file, bytes);
      try {
        List<PlannedRequest> requests = replay(file, new Scale(1, 1));
        assertThat(requests).allMatch(r -> r.prompt().tokens() >= 1 && r.outputTokens() >= 1);
        assertThat(requests.stream().map(PlannedRequest::arrivalNanos).toList()).isSorted();
      } catch (CommandFailure refused) {
        assertThat(refused).hasMessageContaining("fuzzed");
      }
    }
  }

  @Test
  void realTracesAreReadToTheirEnds() {
    Path traces = Path.of(System.getProperty("flyball.root")).resolveSibling("shared/traces");
    Assumptions.assumeTrue(Files.isDirectory(traces), "no traces in " + traces);

    TraceSlice azure = whole(traces.resolve("azure-2023-conv.csv"));
    TraceSlice mooncake = whole(traces.resolve("mooncake-conversation.jsonl.gz"));

    assertThat(azure.measure().requests()).isEqualTo(19_366);
    assertThat(azure.measure().spanSeconds()).isCloseTo(3501.72, within(0.01));
    assertThat(mooncake.measure().requests()).isEqualTo(12_031);
    assertThat(mooncake.measure().spanSeconds()).isCloseTo(3536.999, within(0.001));
  }

  private Path file(String text) throws IOException {
    return Files.writeString(folder.resolve("trace"), text);
  }

  private static TraceSlice whole(Path file) {
    return new TraceSlice(file, Duration.ZERO, Optional.empty(), Long.MAX_VALUE);
  }

  private static List<PlannedRequest> replay(Path file, Scale scale) {
    return replay(whole(file), scale, OptionalInt.empty());
  }

  private static List<PlannedRequest> replay(TraceSlice slice, Scale scale, OptionalInt split) {
    RequestLimits limits = new RequestLimits(Optional.empty(), Long.MAX_VALUE, Integer.MAX_VALUE);
    return TrafficMixTest.all(new TraceWorkload(slice, scale, limits, split, 0, 1));
  }
}
