package dev.flyball.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Requests whose prompts are still being read from the cache's file, a part before each step. */
class AwaitedFileTest {
  @Test
  void nothingIsStuckWhileAllRequestsAwaitTheFile() {
    try (TestEngine test = TestEngine.open()) {
      test.cache.awaitFor(5);
      List<RecordingListener> listeners =
          Stream.of("one", "two")
              .map(
                  prompt -> {
                    RecordingListener listener = new RecordingListener();
                    test.engine.submit(TestEngine.greedy(prompt, 3), listener);
                    return listener;
                  })
              .toList();
      listeners.forEach(listener -> assertThat(listener.result().usage().output()).isEqualTo(3));
    }
  }
}
