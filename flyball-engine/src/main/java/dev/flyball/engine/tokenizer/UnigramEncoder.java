package dev.flyball.engine.tokenizer;

import dev.flyball.engine.tokenizer.Vocabulary.Token;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * The unigram language model of SentencePiece (<a href="https://arxiv.org/abs/1804.10959">Kudo</a>)
 * as XLM-RoBERTa and T5 have it: of all ways to cut a normalised text into pieces the one with the
 * highest sum of scores. A character that is no piece is the unknown token, at the score of the
 * worst piece less {@value #UNKNOWN_PENALTY}; several in a row are one token.
 */
final class UnigramEncoder implements PartEncoder {
  private static final double UNKNOWN_PENALTY = 10;

  private final PieceTrie pieces;
  private final double[] scores;
  private final int unknown;
  private final double unknownScore;
  private final UnigramNormalizer normalizer;

  UnigramEncoder(Vocabulary vocabulary, int unknown) {
    this.unknown = unknown;
    normalizer = new UnigramNormalizer(vocabulary);
    pieces = new PieceTrie(8 * vocabulary.size());
    scores = new double[vocabulary.size()];
    double worst = Float.MAX_VALUE;
    for (int id = 0; id < scores.length; id++) {
      Token token = vocabulary.tokens().get(id);
      if (token.type() == TokenType.NORMAL) {
        worst = Math.min(worst, token.score());
      }
      if (isPiece(token.type())) {
        pieces.putIfAbsent(token.text().getBytes(StandardCharsets.UTF_8), id);
      }
      scores[id] = token.type() == TokenType.USER_DEFINED ? 0 : token.score();
    }
    unknownScore = worst - UNKNOWN_PENALTY;
  }

  private static boolean isPiece(TokenType type) {
    return type == TokenType.NORMAL || type == TokenType.USER_DEFINED || type == TokenType.UNUSED;
  }

  @Override
  public Session session() {
    return (text, from, to, _, ids) -> {
      byte[] normalised =
          normalizer.normalise(text.substring(from, to).getBytes(StandardCharsets.UTF_8));
      new Lattice(normalised).addBest(ids);
    };
  }

  /** The best ways to all ends of characters of a text. */
  private final class Lattice {
    private final byte[] text;
    private final double[] best;
    private final int[] token;
    private final int[] start;

    Lattice(byte[] text) {
      this.text = text;
      best = new double[text.length + 1];
      token = new int[text.length + 1];
      start = new int[text.length + 1];
      Arrays.fill(best, 1, best.length, Double.NEGATIVE_INFINITY);
      for (int at = 0; at < text.length; at = endOfCharacter(at)) {
        extend(at);
      }
    }

    private int endOfCharacter(int at) {
      return Math.min(text.length, at + WordModel.characterLength(text[at]));
    }

    private void extend(int from) {
      int character = endOfCharacter(from);
      boolean known = false;
      int node = pieces.root();
      for (int end = from + 1; end <= text.length; end++) {
        node = pieces.child(node, text[end - 1]);
        if (node == PieceTrie.NONE) {
          break;
        }
        int piece = pieces.piece(node);
        if (piece != PieceTrie.NONE) {
          known |= end == character;
          offer(from, end, piece, scores[piece]);
        }
      }
      if (!known) {
        offer(from, character, unknown, unknownScore);
      }
    }

    private void offer(int from, int end, int piece, double score) {
      double sum = best[from] + score;
      if (sum > best[end]) {
        best[end] = sum;
        token[end] = piece;
        start[end] = from;
      }
    }

    void addBest(IntList ids) {
      IntList backwards = new IntList(text.length / 3);
      boolean afterUnknown = false;
      for (int end = text.length; end > 0; end = start[end]) {
        boolean isUnknown = token[end] == unknown;
        if (!(isUnknown && afterUnknown)) {
          backwards.add(token[end]);
        }
        afterUnknown = isUnknown;
      }
      IntStream.iterate(backwards.size() - 1, i -> i >= 0, i -> i - 1)
          .forEach(i -> ids.add(backwards.get(i)));
    }
  }
}
