package dev.flyball.engine.tokenizer;

import dev.flyball.engine.tokenizer.PreTokenizer.WholeWords;
import dev.flyball.engine.tokenizer.Vocabulary.Merge;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;

/**
 * Byte-pair encoding with ranked merges, over bytes (GPT-2) or over characters (Gemma 4).
 *
 * <p>Symbols are numbered: a symbol that is a token has the token's id, others (what a merge needs
 * but the vocabulary lacks) have numbers above. A symbol without a token at the end is given by its
 * bytes: those that are tokens, the others are left out, as in llama.cpp.
 */
final class BytePairModel implements WordModel {
  private static final int NO_TOKEN = -1;

  private final boolean byteLevel;
  private final WholeWords wholeWords;
  private final int vocabularySize;
  private final PieceIndex index = new PieceIndex();
  private final LongTable merges;

  /** Symbols of single bytes (byte level only) and the tokens that stand in for single bytes. */
  private final int[] byteSymbols = new int[256];

  private final int[] byteTokens = new int[256];
  private int symbols;

  BytePairModel(Vocabulary vocabulary, PreTokenizer preTokenizer) {
    byteLevel = preTokenizer.byteLevel();
    wholeWords = preTokenizer.wholeWords();
    vocabularySize = vocabulary.size();
    symbols = vocabularySize;
    for (int id = 0; id < vocabularySize; id++) {
      int number = id;
      bytes(vocabulary.tokens().get(id).text()).ifPresent(b -> index.putIfAbsent(b, number));
    }
    for (int value = 0; value < 256; value++) {
      byte[] single = {(byte) value};
      byteTokens[value] = byteToken(single);
      byteSymbols[value] = byteLevel ? intern(single) : NO_TOKEN;
    }
    merges = new LongTable(vocabulary.merges().size());
    for (int rank = 0; rank < vocabulary.merges().size(); rank++) {
      addMerge(vocabulary.merges().get(rank), rank);
    }
  }

  private int byteToken(byte[] single) {
    if (!byteLevel) {
      return index.find(
          String.format(Locale.ROOT, "<0x%02X>", single[0] & 0xFF)
              .getBytes(StandardCharsets.UTF_8));
    }
    return index.find(single);
  }

  private Optional<byte[]> bytes(String piece) {
    return byteLevel
        ? ByteAlphabet.decode(piece)
        : Optional.of(piece.getBytes(StandardCharsets.UTF_8));
  }

  private void addMerge(Merge merge, int rank) {
    Optional<byte[]> left = bytes(merge.left());
    Optional<byte[]> right = bytes(merge.right());
    if (left.isEmpty() || right.isEmpty()) {
      // Its characters never occur in a word.
      return;
    }
    byte[] both = new byte[left.get().length + right.get().length];
    System.arraycopy(left.get(), 0, both, 0, left.get().length);
    System.arraycopy(right.get(), 0, both, left.get().length, right.get().length);
    merges.putIfAbsent(
        pair(intern(left.get()), intern(right.get())), ((long) rank << 32) | intern(both));
  }

  private int intern(byte[] piece) {
    int number = index.find(piece);
    if (number == PieceIndex.NONE) {
      number = symbols++;
      index.putIfAbsent(piece, number);
    }
    return number;
  }

  private static long pair(int left, int right) {
    return ((long) left << 32) | right;
  }

  @Override
  public MergeRules rules() {
    return (word, start, middle, end, left, right) ->
        left < 0 || right < 0 ? MergeRules.NONE : merges.get(pair(left, right));
  }

  @Override
  public void encode(byte[] word, int length, PairMerger merger, IntList ids) {
    if (isTakenWhole(word, length)) {
      int id = index.find(word, 0, length);
      if (id >= 0 && id < vocabularySize) {
        ids.add(id);
        return;
      }
    }
    merger.clear();
    for (int at = 0; at < length; ) {
      int next = byteLevel ? at + 1 : Math.min(length, at + WordModel.characterLength(word[at]));
      merger.add(byteLevel ? byteSymbols[word[at] & 0xFF] : index.find(word, at, next), at);
      at = next;
    }
    merger.merge(word, length);
    for (int i = 0; i < merger.size(); i++) {
      int symbol = merger.symbol(i);
      if (symbol >= 0 && symbol < vocabularySize) {
        ids.add(symbol);
      } else {
        addBytes(word, merger.start(i), merger.start(i + 1), ids);
      }
    }
  }

  private boolean isTakenWhole(byte[] word, int length) {
    return switch (wholeWords) {
      case NONE -> false;
      case ALL -> true;
      case LINE_BREAKS -> length > 0 && word[0] == '\n';
    };
  }

  private void addBytes(byte[] word, int from, int to, IntList ids) {
    for (int i = from; i < to; i++) {
      int id = byteTokens[word[i] & 0xFF];
      if (id >= 0) {
        ids.add(id);
      }
    }
  }
}
