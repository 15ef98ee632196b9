package dev.flyball.engine.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flyball.units.TokenIds;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Random use of a tiny cache beside {@link SlowKvCache}. Computing writes a hash of all tokens so
 * far to a token's place, so that a block that is shared or reused wrongly is seen.
 */
class PrefixSharingFuzzTest {
  private static final int BLOCK = PagedKvCache.BLOCK_TOKENS;
  private static final int MOST_OPEN = 4;
  private static final KvStorage[] STORAGES = {
    KvStorage.NATIVE_F32, KvStorage.NATIVE_F16, KvStorage.NATIVE_Q8_0, KvStorage.NATIVE_Q4_0
  };
  private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;
  private static final float NOT_COMPUTED = -1;

  /** A sequence, and what it should be. */
  private record Pair(PagedKvSequence real, SlowKvCache.Sequence slow) {}

  private record PinPair(KvPin real, SlowKvCache.Pin slow) {}

  private final List<Pair> open = new ArrayList<>();
  private final List<PinPair> pins = new ArrayList<>();
  private Random random = new Random(0);
  private KvStorage[] storages = STORAGES;

  @Test
  void theCacheDoesWhatASlowOneDoesWhateverIsAskedOfIt() {
    long seed = System.nanoTime();
    System.out.println("PrefixSharingFuzzTest seed " + seed);
    random = new Random(seed);
    long hits = 0;
    long evictions = 0;
    for (int run = 0; run < 40; run++) {
      int capacity = 1 + random.nextInt(random.nextBoolean() ? 8 : 24);
      KvStorage usual = STORAGES[random.nextInt(STORAGES.length)];
      KvShape shape = new KvShape(2, 1, 1, 1, usual);
      storages = random.nextBoolean() ? new KvStorage[] {usual} : STORAGES;
      try (PagedKvCache cache = new PagedKvCache(shape, (long) capacity * BLOCK)) {
        fuzz(cache, new SlowKvCache(shape, capacity));
        hits += cache.counters().hitTokens();
        evictions += cache.counters().evictedBlocks();
      }
      open.clear();
      pins.clear();
    }
    assertThat(hits).isPositive();
    assertThat(evictions).isPositive();
  }

  private void fuzz(PagedKvCache cache, SlowKvCache slow) {
    for (int step = 0; step < 400; step++) {
      act(cache, slow);
      cache.checkIntegrity();
      assertThat(cache.usedTokens()).isEqualTo(slow.blocks(slow.held()) * BLOCK);
      assertThat(cache.reservedTokens()).isEqualTo(slow.blocks(slow.promised()) * BLOCK);
      assertThat(cache.cachedTokens()).isEqualTo(slow.blocks(slow.cached()) * BLOCK);
      assertThat(cache.counters().evictedBlocks()).isEqualTo(slow.evictions);
      assertThat(cache.counters().hitTokens()).isEqualTo(slow.hitTokens);
      open.forEach(PrefixSharingFuzzTest::checkContent);
    }
  }

  private void act(PagedKvCache cache, SlowKvCache slow) {
    int action = random.nextInt(28);
    if (action < 3 && open.size() < MOST_OPEN) {
      open(cache, slow);
    } else if (action == 3) {
      pin(cache, slow);
    } else if (action == 4 && !pins.isEmpty()) {
      PinPair pin = pins.remove(random.nextInt(pins.size()));
      pin.real.close();
      slow.unpin(pin.slow);
    } else if (action < 7) {
      open.forEach(PrefixSharingFuzzTest::compute);
    } else if (!open.isEmpty()) {
      act(open.get(random.nextInt(open.size())), action);
    }
  }

  private void act(Pair pair, int action) {
    switch (action) {
      case 7 -> {
        compute(pair);
        pair.real.close();
        pair.slow.discard();
        open.remove(pair);
        assertThatThrownBy(() -> pair.real.append(0)).isInstanceOf(IllegalStateException.class);
      }
      case 8 -> {
        if (random.nextInt(3) > 0) {
          return;
        }
        pair.real.discard();
        pair.slow.discard();
        open.remove(pair);
      }
      case 9 -> {
        if (random.nextInt(3) == 0) {
          truncate(pair, random.nextInt(pair.real.length() + 1));
        }
      }
      case 10 -> truncate(pair, Math.max(0, pair.real.length() - random.nextInt(6)));
      case 11, 12, 13 -> assertThat(pair.real.adopt()).isEqualTo(pair.slow.adopt());
      case 14, 15, 16, 17, 18, 19 -> {
        int tokens = random.nextInt(3 * BLOCK);
        assertThat(pair.real.tryGrow(tokens)).isEqualTo(pair.slow.tryGrow(tokens));
      }
      default -> append(pair);
    }
  }

  private void open(PagedKvCache cache, SlowKvCache slow) {
    List<Integer> prompt = tokens(1 + random.nextInt(6 * BLOCK));
    if (random.nextInt(6) == 0) {
      open.add(
          new Pair(
              (PagedKvSequence) cache.openUnshared(),
              slow.open(prompt, Optional.empty(), cache.storage())));
      return;
    }
    String namespace = random.nextInt(5) == 0 ? "other" : "";
    KvStorage storage = storages[random.nextInt(storages.length)];
    KvSequence real = cache.open(ids(prompt), new KvNamespace(namespace), storage);
    open.add(new Pair((PagedKvSequence) real, slow.open(prompt, Optional.of(namespace), storage)));
  }

  private void pin(PagedKvCache cache, SlowKvCache slow) {
    List<Integer> prefix = tokens(random.nextInt(4 * BLOCK));
    KvStorage storage = storages[random.nextInt(storages.length)];
    KvPin real = cache.pin(ids(prefix), KvNamespace.EVERYBODY, storage);
    PinPair pin = new PinPair(real, slow.pin(prefix, "", storage));
    assertThat(real.tokens()).isEqualTo(pin.slow.path.size() * BLOCK);
    pins.add(pin);
  }

  private static void truncate(Pair pair, int length) {
    pair.real.truncate(length);
    pair.slow.truncate(length);
  }

  /** Mostly what the prompt says, then anything. */
  private void append(Pair pair) {
    List<Integer> more = tokens(pair.slow.tokens.size() + 2 * BLOCK);
    for (int i = random.nextInt(2 * BLOCK); i >= 0; i--) {
      int position = pair.slow.tokens.size();
      if (position == pair.slow.room) {
        assertThatThrownBy(() -> pair.real.append(1)).isInstanceOf(IllegalStateException.class);
        return;
      }
      List<Integer> prompt = pair.slow.prompt;
      int token = position < prompt.size() ? prompt.get(position) : more.get(position);
      pair.slow.append(token);
      assertThat(pair.real.append(token)).isEqualTo(position);
      write(pair.real, position, NOT_COMPUTED);
    }
  }

  /** Alike from block to block, so that prefixes meet often. */
  private List<Integer> tokens(int count) {
    List<Integer> tokens = new ArrayList<>();
    int kind = 0;
    for (int i = 0; i < count; i++) {
      kind = i % BLOCK == 0 ? random.nextInt(2) : kind;
      tokens.add(random.nextInt(400) == 0 ? 2 : kind);
    }
    return tokens;
  }

  private static TokenIds ids(List<Integer> tokens) {
    return TokenIds.of(tokens.stream().mapToInt(token -> token).toArray());
  }

  private static void compute(Pair pair) {
    float[] expected = hashes(pair.slow.tokens);
    for (int i = pair.slow.computed; i < expected.length; i++) {
      write(pair.real, i, expected[i]);
    }
    pair.real.computed();
    pair.slow.computed();
  }

  private static void write(PagedKvSequence sequence, int position, float value) {
    for (int layer = 0; layer < 2; layer++) {
      memory(sequence, layer, position).set(FLOAT, 0, value + layer);
    }
  }

  /** Every storage has place for a float for each token at the beginning of a layer. */
  private static MemorySegment memory(PagedKvSequence sequence, int layer, int position) {
    long[] offsets = sequence.cache().shape().with(sequence.storage()).layerOffsetsBytes();
    return sequence
        .memory(position / BLOCK)
        .asSlice(offsets[layer] + (long) Float.BYTES * (position % BLOCK), Float.BYTES);
  }

  private static void checkContent(Pair pair) {
    PagedKvSequence real = pair.real;
    assertThat(real.length()).isEqualTo(pair.slow.tokens.size());
    float[] expected = hashes(pair.slow.tokens);
    for (int i = 0; i < pair.slow.computed; i++) {
      for (int layer = 0; layer < 2; layer++) {
        float found = memory(real, layer, i).get(FLOAT, 0);
        if (found != expected[i] + layer) {
          throw new AssertionError("foreign content at position " + i + ": " + found);
        }
      }
    }
  }

  private static float[] hashes(List<Integer> tokens) {
    float[] hashes = new float[tokens.size()];
    int hash = 1;
    for (int i = 0; i < hashes.length; i++) {
      hash = hash * 31 + tokens.get(i) + 1;
      hash ^= hash >>> 15;
      hashes[i] = hash & 0xfffff;
    }
    return hashes;
  }
}
