package dev.flyball.engine.model.experts;

import dev.flyball.kernels.matmul.RowGroups;
import java.util.Arrays;

/**
 * The tokens of a step by expert: a group for each expert that somebody chose, in the experts'
 * order, as many experts at once as have few tokens together. The results are rows in the same
 * order; for each token it is known which are its own.
 *
 * <p>Filled by one thread, read by all workers afterwards.
 */
final class ExpertRows {
  /** Rows of the experts that are computed together: their hidden values stay in a cache. */
  private static final int MOST_TOGETHER = 64;

  private final int experts;
  private final int together;
  private final RowGroups tokens = new RowGroups();
  private final RowGroups places = new RowGroups();
  private final int[] expertOfGroup;
  private final float[] weightOfPlace;

  /** For each token the end of its places in {@link #placeOf}. */
  private final int[] ends;

  private final int[] placeOf;
  private final float[] weightOf;

  private final boolean weighsInput;

  /**
   * @param weighsInput whether weights are factors of the experts' input: results are then added as
   *     they are
   */
  ExpertRows(int experts, int maxTokens, boolean weighsInput) {
    this.experts = experts;
    this.weighsInput = weighsInput;
    together = Math.min(maxTokens, MOST_TOGETHER);
    expertOfGroup = new int[experts];
    weightOfPlace = new float[maxTokens];
    ends = new int[maxTokens + 1];
    placeOf = new int[maxTokens];
    weightOf = new float[maxTokens];
  }

  /**
   * Takes the tokens of the experts from {@code first} on.
   *
   * @param weights (tokens, experts), 0 where an expert is not chosen
   * @param most experts to take
   * @return the first expert that is left for the next time, or the number of experts
   */
  int fill(float[] weights, int count, int first, int most) {
    tokens.clear();
    places.clear();
    int expert = first;
    while (expert < experts && tokens.groups() < most && fits(chosen(weights, count, expert))) {
      addGroup(weights, count, expert++);
    }
    sortByToken(count);
    return expert;
  }

  private boolean fits(int more) {
    return tokens.size() == 0 || tokens.size() + more <= together;
  }

  /** How many tokens chose an expert. */
  int chosen(float[] weights, int count, int expert) {
    int chosen = 0;
    for (int t = 0; t < count; t++) {
      chosen += weights[t * experts + expert] == 0 ? 0 : 1;
    }
    return chosen;
  }

  private void addGroup(float[] weights, int count, int expert) {
    int first = tokens.size();
    for (int t = 0; t < count; t++) {
      float weight = weights[t * experts + expert];
      if (weight != 0) {
        weightOfPlace[tokens.size()] = weight;
        places.add(tokens.size());
        tokens.add(t);
      }
    }
    if (tokens.size() > first) {
      expertOfGroup[tokens.groups()] = expert;
      tokens.endGroup();
      places.endGroup();
    }
  }

  /** Leaves each token's places in the experts' order. */
  private void sortByToken(int count) {
    Arrays.fill(ends, 0, count + 1, 0);
    for (int place = 0; place < tokens.size(); place++) {
      ends[tokens.row(place) + 1]++;
    }
    for (int t = 0; t < count; t++) {
      ends[t + 1] += ends[t];
    }
    for (int place = 0; place < tokens.size(); place++) {
      int at = ends[tokens.row(place)]++;
      placeOf[at] = place;
      weightOf[at] = weighsInput ? 1 : weightOfPlace[place];
    }
  }

  /** Groups of the step's tokens, one for each of the experts. */
  RowGroups tokens() {
    return tokens;
  }

  /** The same groups, but of the rows of the experts' results. */
  RowGroups places() {
    return places;
  }

  int groups() {
    return tokens.groups();
  }

  /** Rows of all groups. */
  int size() {
    return tokens.size();
  }

  int expert(int group) {
    return expertOfGroup[group];
  }

  /** The weight by which the token at a place has chosen its expert. */
  float weight(int place) {
    return weightOfPlace[place];
  }

  /** Where a token's places begin in {@link #placeOf} and {@link #weightOf}. */
  int firstOf(int token) {
    return token == 0 ? 0 : ends[token - 1];
  }

  /** Where they end. */
  int endOf(int token) {
    return ends[token];
  }

  /** The places of all tokens, those of one token after the other. */
  int[] placeOf() {
    return placeOf;
  }

  /** The weights that the results at {@link #placeOf} are added by. */
  float[] weightOf() {
    return weightOf;
  }
}
