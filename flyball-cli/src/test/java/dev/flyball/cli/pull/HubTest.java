package dev.flyball.cli.pull;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flyball.cli.console.CommandContext;
import dev.flyball.cli.console.CommandFailure;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HubTest {
  private static final RetryPolicy IMPATIENT =
      new RetryPolicy(4, Duration.ofMillis(1), Duration.ofMillis(5), Duration.ofSeconds(5));
  private static final HubReference REPOSITORY = HubReference.parse("hf:owner/repo");
  private static final byte[] CONTENT = content(3_000_000);

  private final LocalHub server = new LocalHub();
  private final ByteArrayOutputStream messages = new ByteArrayOutputStream();
  @TempDir Path folder;

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void fileBehindRedirectArrivesWholeAndLeavesNothingBeside() throws IOException {
    server.put("model-Q4_0.gguf", CONTENT);

    download(Optional.empty());

    assertThat(target()).hasBinaryContent(CONTENT);
    assertThat(filesIn(folder)).containsExactly("model.gguf");
  }

  @Test
  void tokenGoesToTheHubButNotToTheStorage() {
    server.put("model-Q4_0.gguf", CONTENT);

    download(Optional.of("secret"));

    assertThat(server.hubTokens()).isNotEmpty().containsOnly("Bearer secret");
    assertThat(server.storageTokens()).isNotEmpty().containsOnly("");
  }

  @Test
  void brokenConnectionsAreTakenUpWhereTheyBroke() {
    server.put("model-Q4_0.gguf", CONTENT);
    server.breakAfter(1_000_000);
    server.breakAfter(500_000);

    download(Optional.empty());

    assertThat(target()).hasBinaryContent(CONTENT);
    assertThat(server.ranges()).hasSize(3).first().isEqualTo("");
    assertThat(server.ranges().subList(1, 3)).allMatch(range -> range.matches("bytes=[1-9]\\d*-"));
  }

  @Test
  void serverThatIgnoresRangesIsReadFromTheBeginning() {
    server.put("model-Q4_0.gguf", CONTENT);
    server.ignoreRanges();
    server.breakAfter(1_000_000);

    download(Optional.empty());

    assertThat(target()).hasBinaryContent(CONTENT);
  }

  @Test
  void interruptedRunIsContinuedByTheNextOne() {
    server.put("model-Q4_0.gguf", CONTENT);
    for (int attempt = 0; attempt < IMPATIENT.maxAttemptsInARow(); attempt++) {
      server.breakAfter(100_000);
    }
    assertThatThrownBy(() -> download(Optional.empty()))
        .isInstanceOf(CommandFailure.class)
        .hasMessageContaining("gave up after 4 attempts")
        .hasMessageContaining("run the command again");
    assertThat(target()).doesNotExist();

    int before = server.ranges().size();
    download(Optional.empty());

    assertThat(target()).hasBinaryContent(CONTENT);
    assertThat(server.ranges().get(before)).matches("bytes=[1-9]\\d*-");
  }

  @Test
  void damagedRestOfAnEarlierRunIsFetchedAnew() throws IOException {
    server.put("model-Q4_0.gguf", CONTENT);
    for (int attempt = 0; attempt < IMPATIENT.maxAttemptsInARow(); attempt++) {
      server.breakAfter(100_000);
    }
    assertThatThrownBy(() -> download(Optional.empty())).isInstanceOf(CommandFailure.class);
    Path part = folder.resolve(filesIn(folder).getFirst());
    byte[] damaged = Files.readAllBytes(part);
    damaged[17] ^= 1;
    Files.write(part, damaged);

    download(Optional.empty());

    assertThat(target()).hasBinaryContent(CONTENT);
    assertThat(messages.toString(StandardCharsets.UTF_8)).contains("damaged; starting over");
  }

  @Test
  void wrongBytesAreRefusedAndRemoved() throws IOException {
    server.put("model-Q4_0.gguf", CONTENT);
    byte[] wrong = CONTENT.clone();
    wrong[CONTENT.length / 2] ^= 4;
    server.corrupt("model-Q4_0.gguf", wrong);

    assertThatThrownBy(() -> download(Optional.empty()))
        .isInstanceOf(CommandFailure.class)
        .hasMessageContaining("model-Q4_0.gguf arrived damaged");
    assertThat(filesIn(folder)).isEmpty();
  }

  @Test
  void fileOfAnotherSizeIsRefused() {
    server.put("model-Q4_0.gguf", CONTENT);
    server.corrupt("model-Q4_0.gguf", Arrays.copyOf(CONTENT, CONTENT.length - 1));

    assertThatThrownBy(() -> download(Optional.empty()))
        .isInstanceOf(CommandFailure.class)
        .hasMessageContaining("its size has changed");
  }

  @Test
  void busyServerIsAskedAgainAfterTheTimeItNames() {
    server.put("model-Q4_0.gguf", CONTENT);
    server.refuseOnce(429, Map.of("Retry-After", "0"));
    server.refuseOnce(503, Map.of());

    assertThat(hub(Optional.empty()).list(REPOSITORY).files()).hasSize(1);
    assertThat(messages.toString(StandardCharsets.UTF_8)).contains("busy (429").contains("(503");
  }

  @Test
  void serverThatStaysBusyIsGivenUp() {
    for (int attempt = 0; attempt < 10; attempt++) {
      server.refuseOnce(500, Map.of());
    }
    assertThatThrownBy(() -> hub(Optional.empty()).list(REPOSITORY))
        .isInstanceOf(CommandFailure.class)
        .hasMessageContaining("gave up after 4 attempts")
        .hasMessageContaining("500");
  }

  @Test
  void refusalsSayWhatToDo() {
    assertRefusal(401, Optional.empty(), "no such public repository");
    assertRefusal(401, Optional.of("secret"), "does not accept the access token");
    assertRefusal(403, Optional.of("secret"), "accept its terms");
    assertRefusal(404, Optional.empty(), "no such repository");
  }

  @Test
  void redirectsHaveAnEnd() {
    server.put("model-Q4_0.gguf", CONTENT);
    for (int redirect = 0; redirect < 20; redirect++) {
      server.refuseOnce(302, Map.of("Location", "/again"));
    }
    assertThatThrownBy(() -> hub(Optional.empty()).list(REPOSITORY))
        .isInstanceOf(CommandFailure.class)
        .hasMessageContaining("redirects more than");
  }

  @Test
  void pathsThatLeadOutOfTheFolderAreNotListed() {
    server.put("../outside.gguf", CONTENT);
    server.put("inside.gguf", CONTENT);

    assertThat(hub(Optional.empty()).list(REPOSITORY).files())
        .extracting(HubFile::path)
        .containsExactly("inside.gguf");
  }

  private void assertRefusal(int status, Optional<String> token, String message) {
    server.refuseOnce(status, Map.of());
    assertThatThrownBy(() -> hub(token).list(REPOSITORY))
        .isInstanceOf(CommandFailure.class)
        .hasMessageContaining(message)
        .hasMessageNotContaining("secret");
  }

  private void download(Optional<String> token) {
    Hub hub = hub(token);
    HubListing listing = hub.list(REPOSITORY);
    hub.download(REPOSITORY, listing.commit(), listing.files().getFirst(), target());
  }

  private Hub hub(Optional<String> token) {
    CommandContext context =
        new CommandContext(
            InputStream.nullInputStream(),
            new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8),
            new PrintStream(messages, true, StandardCharsets.UTF_8),
            Map.of(),
            false,
            false,
            InstantSource.system());
    return new Hub(server.endpoint(), token, IMPATIENT, context);
  }

  private Path target() {
    return folder.resolve("model.gguf");
  }

  private static List<String> filesIn(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }

  private static byte[] content(int length) {
    byte[] bytes = new byte[length];
    new Random(42).nextBytes(bytes);
    return bytes;
  }
}
