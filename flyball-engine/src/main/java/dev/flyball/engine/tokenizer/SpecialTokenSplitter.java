package dev.flyball.engine.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/**
 * Finds the tokens in a text that are taken whole, whatever stands around them. Where two overlap,
 * the one that is longer in UTF-8 wins, then the one further left, as in llama.cpp. Immutable and
 * thread-safe.
 */
final class SpecialTokenSplitter {
  /** Which white space around a token belongs to it and is dropped. */
  enum Strip {
    NONE,
    LEFT,
    RIGHT
  }

  /** A token that is taken whole. */
  record SpecialToken(int id, String text, int sizeBytes, Strip strip) {
    static SpecialToken of(int id, String text, Strip strip) {
      return new SpecialToken(id, text, text.getBytes(StandardCharsets.UTF_8).length, strip);
    }
  }

  /** Gets the parts of a text in order. */
  interface Parts {
    void text(int from, int to);

    void token(int id);
  }

  private static final int ROOT = 0;

  /** From node and character to node. */
  private final LongTable children;

  /** By node: the token that ends there. */
  private final List<Optional<SpecialToken>> tokens = new ArrayList<>();

  SpecialTokenSplitter(List<SpecialToken> specialTokens) {
    children = new LongTable(specialTokens.size() * 8);
    tokens.add(Optional.empty());
    for (SpecialToken token : specialTokens) {
      int node = ROOT;
      for (int i = 0; i < token.text().length(); i++) {
        long edge = edge(node, token.text().charAt(i));
        if (children.get(edge) == LongTable.NONE) {
          children.putIfAbsent(edge, tokens.size());
          tokens.add(Optional.empty());
        }
        node = (int) children.get(edge);
      }
      tokens.set(node, Optional.of(token));
    }
  }

  private static long edge(int node, char character) {
    return ((long) node << 16) | character;
  }

  /** A token at a place of a text, together with the white space that it swallows. */
  private record Match(int from, int to, int id) {}

  void split(String text, Parts parts) {
    int done = 0;
    for (Match match : matches(text)) {
      if (match.from > done) {
        parts.text(done, match.from);
      }
      parts.token(match.id);
      done = match.to;
    }
    if (done < text.length()) {
      parts.text(done, text.length());
    }
  }

  /** The matches that do not overlap, by place. */
  private List<Match> matches(String text) {
    IntList starts = new IntList(0);
    BitSet sizes = new BitSet();
    if (tokens.size() > 1) {
      findCandidates(text, starts, sizes);
    }
    BitSet taken = new BitSet();
    List<Match> matches = new ArrayList<>();
    for (int size = sizes.length() - 1; size > 0; size = sizes.previousSetBit(size - 1)) {
      for (int i = 0; i < starts.size(); i++) {
        int start = starts.get(i);
        if (!taken.get(start)) {
          take(text, start, size, taken, matches);
        }
      }
    }
    matches.sort((a, b) -> Integer.compare(a.from, b.from));
    return matches;
  }

  /** All places where some token begins, and the sizes in bytes of all tokens found there. */
  private void findCandidates(String text, IntList starts, BitSet sizes) {
    for (int start = 0; start < text.length(); start++) {
      boolean isStart = false;
      long node = ROOT;
      for (int at = start; at < text.length(); at++) {
        node = children.get(edge((int) node, text.charAt(at)));
        if (node == LongTable.NONE) {
          break;
        }
        Optional<SpecialToken> token = tokens.get((int) node);
        if (token.isPresent()) {
          sizes.set(token.get().sizeBytes());
          isStart = true;
        }
      }
      if (isStart) {
        starts.add(start);
      }
    }
  }

  private void take(String text, int start, int sizeBytes, BitSet taken, List<Match> matches) {
    long node = ROOT;
    for (int at = start; at < text.length() && !taken.get(at); at++) {
      node = children.get(edge((int) node, text.charAt(at)));
      if (node == LongTable.NONE) {
        return;
      }
      Optional<SpecialToken> token = tokens.get((int) node);
      if (token.isPresent() && token.get().sizeBytes() == sizeBytes) {
        Match match = stripped(text, start, at + 1, token.get(), taken);
        taken.set(match.from, match.to);
        matches.add(match);
        return;
      }
    }
  }

  private static Match stripped(String text, int start, int end, SpecialToken token, BitSet taken) {
    int from = start;
    int to = end;
    if (token.strip() == Strip.LEFT) {
      while (from > 0 && isSpace(text.charAt(from - 1)) && !taken.get(from - 1)) {
        from--;
      }
    }
    if (token.strip() == Strip.RIGHT) {
      while (to < text.length() && isSpace(text.charAt(to)) && !taken.get(to)) {
        to++;
      }
    }
    return new Match(from, to, token.id());
  }

  private static boolean isSpace(char character) {
    return character == ' ' || (character >= '\t' && character <= '\r');
  }
}
