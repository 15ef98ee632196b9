package dev.flyball.engine.sample;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class TokenCountsTest {
  @Test
  void countsLikeAMapThroughRandomAdditionsAndRemovals() {
    long seed = 4711;
    System.out.println("TokenCountsTest seed " + seed);
    Random random = new Random(seed);
    TokenCounts counts = new TokenCounts();
    Map<Integer, Integer> model = new HashMap<>();
    for (int step = 0; step < 20_000; step++) {
      int token = random.nextInt(150) * (random.nextBoolean() ? 64 : 1);
      if (model.containsKey(token) && random.nextInt(5) < 3) {
        counts.remove(token);
        model.merge(token, -1, (a, b) -> a + b == 0 ? null : a + b);
      } else {
        counts.add(token);
        model.merge(token, 1, Integer::sum);
      }
      if (step % 50 == 0) {
        assertThat(contents(counts)).isEqualTo(new TreeMap<>(model));
      }
    }
  }

  private static Map<Integer, Integer> contents(TokenCounts counts) {
    Map<Integer, Integer> contents = new TreeMap<>();
    for (int slot = 0; slot < counts.slots(); slot++) {
      if (counts.tokenAt(slot) >= 0) {
        assertThat(contents.put(counts.tokenAt(slot), counts.countAt(slot))).isNull();
      }
    }
    return contents;
  }
}
