package dev.flyball.engine.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;

/**
 * SentencePiece's byte-pair encoding (<a href="https://arxiv.org/abs/1808.06226">Kudo and
 * Richardson</a>): any two neighbours whose text is a token may be merged, the token of the highest
 * score first. A character that is no token is given by its bytes.
 */
final class SentencePieceModel implements WordModel {
  private final PieceIndex index = new PieceIndex();

  /** By token: 0 for the highest score; tokens of equal score have equal priorities. */
  private final int[] priorities;

  private final int[] byteTokens = new int[256];

  SentencePieceModel(Vocabulary vocabulary) {
    int size = vocabulary.size();
    for (int id = 0; id < size; id++) {
      index.putIfAbsent(vocabulary.tokens().get(id).text().getBytes(StandardCharsets.UTF_8), id);
    }
    priorities = priorities(vocabulary);
    int unknown = vocabulary.role("unknown").orElse(PieceIndex.NONE);
    for (int value = 0; value < 256; value++) {
      String spelling = String.format(Locale.ROOT, "<0x%02X>", value);
      int id = index.find(spelling.getBytes(StandardCharsets.UTF_8));
      int single = id == PieceIndex.NONE ? index.find(new byte[] {(byte) value}) : id;
      byteTokens[value] = single == PieceIndex.NONE ? unknown : single;
    }
  }

  private static int[] priorities(Vocabulary vocabulary) {
    float[] ascending = new float[vocabulary.size()];
    for (int id = 0; id < ascending.length; id++) {
      // Adding 0 turns -0 into 0, which sorting tells apart.
      ascending[id] = vocabulary.tokens().get(id).score() + 0f;
    }
    float[] sorted = ascending.clone();
    Arrays.sort(sorted);
    int[] priorities = new int[ascending.length];
    for (int id = 0; id < priorities.length; id++) {
      priorities[id] = sorted.length - 1 - lastIndexOf(sorted, ascending[id]);
    }
    return priorities;
  }

  private static int lastIndexOf(float[] sorted, float value) {
    int low = 0;
    int high = sorted.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (sorted[middle] <= value) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low - 1;
  }

  @Override
  public MergeRules rules() {
    return (word, start, middle, end, left, right) -> {
      int id = index.find(word, start, end);
      return id == PieceIndex.NONE ? MergeRules.NONE : ((long) priorities[id] << 32) | id;
    };
  }

  @Override
  public void encode(byte[] word, int length, PairMerger merger, IntList ids) {
    merger.clear();
    for (int at = 0; at < length; ) {
      int next = Math.min(length, at + WordModel.characterLength(word[at]));
      merger.add(index.find(word, at, next), at);
      at = next;
    }
    merger.merge(word, length);
    for (int i = 0; i < merger.size(); i++) {
      if (merger.symbol(i) != PieceIndex.NONE) {
        ids.add(merger.symbol(i));
      } else {
        addBytes(word, merger.start(i), merger.start(i + 1), ids);
      }
    }
  }

  private void addBytes(byte[] word, int from, int to, IntList ids) {
    for (int i = from; i < to; i++) {
      int id = byteTokens[word[i] & 0xFF];
      if (id != PieceIndex.NONE) {
        ids.add(id);
      }
    }
  }
}
