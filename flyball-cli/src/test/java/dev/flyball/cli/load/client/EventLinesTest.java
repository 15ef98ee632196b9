package dev.flyball.cli.load.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class EventLinesTest {
  @Test
  void eventsAreTheSameHoweverTheirBytesArrive() throws IOException {
    String stream =
        ": a comment\n\ndata: {\"a\":\"wörld\"}\n\nevent: x\r\ndata:one\r\ndata: two\r\n\r\n"
            + "data: [DONE]\n\ndata: cut off";
    List<String> expected = List.of("{\"a\":\"wörld\"}", "one\ntwo", "[DONE]");
    long seed = System.nanoTime();
    System.out.println("EventLinesTest seed " + seed);
    Random random = new Random(seed);
    for (int round = 0; round < 200; round++) {
      assertThat(events(inPieces(stream, random))).isEqualTo(expected);
    }
  }

  @Test
  void endlessEventIsRefused() {
    InputStream endless =
        new InputStream() {
          @Override
          public int read() {
            return 'x';
          }
        };
    assertThatThrownBy(() -> new EventLines(endless).nextData())
        .isInstanceOf(IOException.class)
        .hasMessageContaining("longer than");
  }

  @Test
  void anyBytesEndInEventsOrAnError() throws IOException {
    long seed = System.nanoTime();
    System.out.println("EventLinesTest seed " + seed);
    Random random = new Random(seed);
    for (int round = 0; round < 500; round++) {
      byte[] bytes = new byte[random.nextInt(200)];
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] =
            random.nextInt(3) == 0
                ? (byte) random.nextInt(256)
                : (byte) "data: {}[DONE]\r\n\n\"choices\":".charAt(random.nextInt(27));
      }
      AnswerStream stream = new AnswerStream(ApiStyle.CHAT, gap -> {});
      stream.read(new ByteArrayInputStream(bytes));
      assertThat(stream.answer(stream.failure()).outputEvents()).isNotNegative();
    }
  }

  @Test
  void metricsOfSeveralModelsAreAddedUpAndNonsenseIsLeftOut() {
    MetricsPage page =
        MetricsPage.parse(
            """
            # HELP vllm:prompt_tokens_total Tokens of prompts
            vllm:prompt_tokens_total{model_name="a b}c"} 12.0
            vllm:prompt_tokens_total{model_name="b"} 30 1700000000
            broken{ 3
            process_resident_memory_bytes 1.5E8
            odd NaN
            """);

    assertThat(page.value("vllm:prompt_tokens_total")).hasValue(42);
    assertThat(page.value("missing", "process_resident_memory_bytes")).hasValue(1.5e8);
    assertThat(page.value("odd")).isEmpty();
    assertThat(page.value("broken")).isEmpty();
  }

  private static List<String> events(InputStream stream) throws IOException {
    EventLines lines = new EventLines(stream);
    List<String> events = new ArrayList<>();
    for (Optional<String> next = lines.nextData(); next.isPresent(); next = lines.nextData()) {
      events.add(next.get());
    }
    return events;
  }

  /** A stream that gives as many bytes at a time as chance has it. */
  private static InputStream inPieces(String text, Random random) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)) {
      @Override
      public synchronized int read(byte[] buffer, int offset, int length) {
        return super.read(buffer, offset, Math.min(length, 1 + random.nextInt(9)));
      }
    };
  }
}
