package dev.flyball.engine.tokenizer;

import dev.flyball.engine.tokenizer.Vocabulary.Token;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * WordPiece as BERT has it (<a href="https://arxiv.org/abs/1810.04805">Devlin et al.</a>): texts
 * are lower-cased, cut at white space, and around each character of punctuation and each ideograph;
 * a word becomes the longest pieces from its begin, or the unknown token where one part is no
 * piece.
 *
 * <p>As in llama.cpp every character is replaced by the first one of its canonical decomposition,
 * which takes accents from letters; words may have any length; the vocabulary marks begins of words
 * ({@code U+2581}), not the pieces that go on.
 */
final class WordPieceEncoder implements PartEncoder {
  private static final byte[] WORD_START =
      Character.toString(SpaceBoundaries.MARK).getBytes(StandardCharsets.UTF_8);

  private final PieceTrie pieces;
  private final int unknown;

  WordPieceEncoder(Vocabulary vocabulary, int unknown) {
    this.unknown = unknown;
    pieces = new PieceTrie(8 * vocabulary.size());
    int id = 0;
    for (Token token : vocabulary.tokens()) {
      pieces.putIfAbsent(token.text().getBytes(StandardCharsets.UTF_8), id++);
    }
  }

  @Override
  public Session session() {
    return new WordSession();
  }

  private final class WordSession implements Session {
    private byte[] word = Arrays.copyOf(WORD_START, 64);
    private int length = WORD_START.length;

    @Override
    public void encode(String text, int from, int to, boolean prefix, IntList ids) {
      for (int i = from; i < to; ) {
        int codePoint = text.codePointAt(i);
        i += Character.charCount(codePoint);
        switch (BertCharacters.kind(codePoint)) {
          case SPACE -> endWord(ids);
          case DROPPED -> {}
          case SINGLE -> {
            endWord(ids);
            append(BertCharacters.normalised(codePoint));
            endWord(ids);
          }
          case PART_OF_WORD -> append(BertCharacters.normalised(codePoint));
        }
      }
      endWord(ids);
    }

    private void append(int codePoint) {
      byte[] bytes = Character.toString(codePoint).getBytes(StandardCharsets.UTF_8);
      if (length + bytes.length > word.length) {
        word = Arrays.copyOf(word, 2 * word.length);
      }
      System.arraycopy(bytes, 0, word, length, bytes.length);
      length += bytes.length;
    }

    private void endWord(IntList ids) {
      if (length == WORD_START.length) {
        return;
      }
      int before = ids.size();
      for (int at = 0; at < length; ) {
        PieceTrie.Match match = pieces.longest(word, at, length);
        if (match.piece() == PieceTrie.NONE) {
          ids.truncate(before);
          ids.add(unknown);
          break;
        }
        ids.add(match.piece());
        at = match.end();
      }
      length = WORD_START.length;
    }
  }
}
