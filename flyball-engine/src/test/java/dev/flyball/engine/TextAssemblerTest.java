package dev.flyball.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flyball.engine.sample.TokenLogprob;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TextAssemblerTest {
  @Test
  void textEndsWhereTheStopStringBeginsHoweverTokensCutIt() {
    long seed = 31337;
    System.out.println("TextAssemblerTest seed " + seed);
    Random random = new Random(seed);
    for (int round = 0; round < 20_000; round++) {
      List<byte[]> tokens = randomTokens(random);
      List<String> stops = randomStops(random);
      Run run = new Run(tokens, stops);
      String whole = new String(concatenated(tokens), UTF_8);
      assertThat(run.text())
          .as("round %d: %s cut at %s", round, whole, stops)
          .isEqualTo(beforeFirstStop(whole, stops));
      run.checkAlignment();
    }
  }

  @Test
  void nothingIsHeldBackThatCannotBecomeAStopString() {
    Run run = new Run(List.of(), List.of("\n\nUser", "END"));
    assertThat(run.accept("Hello")).contains("Hello");
    assertThat(run.accept(" E")).isEmpty();
    assertThat(run.accept("N")).isEmpty();
    assertThat(run.accept("d\n")).contains(" EN");
    assertThat(run.accept("x")).contains("d\nx");
  }

  @Test
  void theFirstCompleteStopWinsAndOfThoseThatEndTogetherTheLongest() {
    assertThat(beforeStop("abcd", "abcd", "bc")).isEqualTo("a");
    assertThat(beforeStop("xabcd", "bc", "abc")).isEqualTo("x");
    assertThat(beforeStop("aab", "ab")).isEqualTo("a");
    assertThat(beforeStop("a stop", "a stop")).isEmpty();
  }

  @Test
  void aTokenCutByAStopStringKeepsItsPlaceAndTokensOfTheStopStringAreLeftOut() {
    Run run = new Run(List.of(), List.of("STOP"));
    run.accept("one");
    run.accept(" two ST");
    run.accept("OP");
    assertThat(run.text()).isEqualTo("one two ");
    assertThat(run.deltas.stream().mapToInt(d -> d.tokens().size()).sum()).isEqualTo(2);
    assertThat(run.assembler.finish()).isEmpty();
  }

  @Test
  void aTokenWithoutTextGoesOutAtOnceUnlessTextBeforeItIsHeld() {
    Run run = new Run(List.of(), List.of("ab"));
    Optional<TokenLogprob> score = Optional.of(new TokenLogprob(9, 0, List.of()));
    Optional<GenerationDelta> silent = run.assembler.accept(9, false, true, score);
    assertThat(silent).isPresent();
    assertThat(silent.orElseThrow().text()).isEmpty();
    run.accept("a");
    assertThat(run.assembler.accept(9, false, true, score)).isEmpty();
    assertThat(run.assembler.finish().orElseThrow().tokens().size()).isEqualTo(2);
  }

  @Test
  void aCharacterNeverCompletedBecomesTheReplacementCharacter() {
    Run run = new Run(List.of(), List.of());
    run.accept("é".getBytes(UTF_8)[0]);
    assertThat(run.text()).isEmpty();
    assertThat(run.assembler.finish().orElseThrow().text()).isEqualTo("\uFFFD");
  }

  private static String beforeStop(String text, String... stops) {
    return new Run(List.of(text.getBytes(UTF_8)), List.of(stops)).text();
  }

  /** The slow twin: all text at hand, every end position tried. */
  private static String beforeFirstStop(String text, List<String> stops) {
    for (int end = 1; end <= text.length(); end++) {
      String head = text.substring(0, end);
      int longest = stops.stream().filter(head::endsWith).mapToInt(String::length).max().orElse(0);
      if (longest > 0) {
        return head.substring(0, end - longest);
      }
    }
    return text;
  }

  private static List<byte[]> randomTokens(Random random) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(30); i > 0; i--) {
      text.append(List.of("a", "b", "c", "é", "😀").get(random.nextInt(5)));
    }
    byte[] bytes = text.toString().getBytes(UTF_8);
    List<byte[]> tokens = new ArrayList<>();
    int start = 0;
    while (start < bytes.length) {
      int end = Math.min(bytes.length, start + 1 + random.nextInt(5));
      tokens.add(Arrays.copyOfRange(bytes, start, end));
      start = end;
    }
    if (!tokens.isEmpty() && random.nextInt(4) == 0) {
      tokens.removeLast();
    }
    return tokens;
  }

  private static List<String> randomStops(Random random) {
    List<String> stops = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      StringBuilder stop = new StringBuilder();
      for (int c = 1 + random.nextInt(4); c > 0; c--) {
        stop.append(List.of("a", "b", "c", "é", "😀").get(random.nextInt(5)));
      }
      stops.add(stop.toString());
    }
    return stops;
  }

  private static byte[] concatenated(List<byte[]> tokens) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    tokens.forEach(bytes::writeBytes);
    return bytes.toByteArray();
  }

  /** One generation; the id of a token is its number, and so is its log-probability. */
  private static final class Run {
    final List<byte[]> tokens = new ArrayList<>();
    final List<GenerationDelta> deltas = new ArrayList<>();
    final TextAssembler assembler;

    Run(List<byte[]> tokens, List<String> stops) {
      assembler = new TextAssembler(new TestTokenizer.ByteDetokenizer(this.tokens::get), stops);
      for (byte[] token : tokens) {
        if (!assembler.stopped()) {
          accept(token);
        }
      }
      if (!tokens.isEmpty()) {
        assembler.finish().ifPresent(deltas::add);
      }
    }

    Optional<String> accept(String token) {
      return accept(token.getBytes(UTF_8));
    }

    Optional<String> accept(byte... token) {
      int id = tokens.size();
      tokens.add(token);
      Optional<GenerationDelta> delta =
          assembler.accept(id, true, true, Optional.of(new TokenLogprob(id, id, List.of())));
      delta.ifPresent(deltas::add);
      return delta.map(GenerationDelta::text);
    }

    String text() {
      return String.join("", deltas.stream().map(GenerationDelta::text).toList());
    }

    /** Every token goes out once, in order, with its own score, and never long before its text. */
    void checkAlignment() {
      int next = 0;
      int textBytes = 0;
      int tokenBytes = 0;
      for (GenerationDelta delta : deltas) {
        assertThat(delta.logprobs()).hasSize(delta.tokens().size());
        textBytes += delta.text().replace("\uFFFD", "").getBytes(UTF_8).length;
        for (int i = 0; i < delta.tokens().size(); i++) {
          assertThat(delta.tokens().get(i)).isEqualTo(next);
          assertThat(delta.logprobs().get(i).token()).isEqualTo(next);
          tokenBytes += tokens.get(next++).length;
        }
        assertThat(tokenBytes).isGreaterThanOrEqualTo(textBytes - 3);
      }
      if (!assembler.stopped()) {
        assertThat(next).isEqualTo(tokens.size());
      }
    }
  }
}
