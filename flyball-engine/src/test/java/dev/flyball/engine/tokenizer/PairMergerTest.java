package dev.flyball.engine.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PairMergerTest {
  /** Symbols are runs of one to four letters; which runs may be merged is drawn by the seed. */
  private static MergeRules randomRules(long seed) {
    return (word, start, middle, end, left, right) -> {
      if (end - start > 4) {
        return MergeRules.NONE;
      }
      String text = new String(word, start, end - start, StandardCharsets.UTF_8);
      int drawn = new Random(seed * 31 + text.hashCode()).nextInt(12);
      return drawn < 4 ? MergeRules.NONE : ((long) drawn << 32) | (end - start);
    };
  }

  /** Slow twin: looks for the best pair in a list of symbols again and again. */
  private static List<String> mergeSlowly(byte[] word, MergeRules rules) {
    List<Integer> starts = new ArrayList<>();
    for (int i = 0; i <= word.length; i++) {
      starts.add(i);
    }
    while (true) {
      int best = -1;
      long bestPriority = Long.MAX_VALUE;
      for (int i = 0; i + 2 < starts.size(); i++) {
        long merge = rules.merge(word, starts.get(i), starts.get(i + 1), starts.get(i + 2), 0, 0);
        if (merge != MergeRules.NONE && merge >>> 32 < bestPriority) {
          best = i;
          bestPriority = merge >>> 32;
        }
      }
      if (best < 0) {
        break;
      }
      starts.subList(best + 1, best + 2).clear();
    }
    List<String> symbols = new ArrayList<>();
    for (int i = 0; i + 1 < starts.size(); i++) {
      symbols.add(
          new String(
              word, starts.get(i), starts.get(i + 1) - starts.get(i), StandardCharsets.UTF_8));
    }
    return symbols;
  }

  @Test
  void shortAndLongWordsAreMergedBestPairFirst() {
    long seed = 4711;
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    for (int round = 0; round < 2000; round++) {
      MergeRules rules = randomRules(random.nextInt(100));
      byte[] word = new byte[random.nextInt(100)];
      for (int i = 0; i < word.length; i++) {
        word[i] = (byte) ('a' + random.nextInt(3));
      }
      PairMerger merger = new PairMerger(rules);
      for (int i = 0; i < word.length; i++) {
        merger.add(1, i);
      }
      merger.merge(word, word.length);
      List<String> symbols = new ArrayList<>();
      for (int i = 0; i < merger.size(); i++) {
        int length = merger.start(i + 1) - merger.start(i);
        assertThat(merger.symbol(i)).isEqualTo(length);
        symbols.add(new String(word, merger.start(i), length, StandardCharsets.UTF_8));
      }
      assertThat(symbols)
          .as("round %d of seed %d", round, seed)
          .isEqualTo(mergeSlowly(word, rules));
    }
  }
}
