package dev.flyball.engine.model.recurrent;

import dev.flyball.engine.cache.PagedKvCache;
import dev.flyball.engine.cache.PagedKvSequence;
import dev.flyball.engine.model.SequenceRuns;
import dev.flyball.engine.model.Step;
import dev.flyball.engine.model.arithmetic.Scans;
import dev.flyball.kernels.ScanTokens;
import dev.flyball.kernels.WorkerTeam;

/**
 * Heads with a state each, brought forward over a step's tokens: a worker takes one head of one
 * sequence over all of the sequence's tokens, block by block, and has the sequence keep a copy
 * where a block ends.
 */
final class RecurrentHeads {
  /** What tokens do to a head's state. Called by workers of the team. */
  interface Rule {
    /** Factor of a head's values that is added to its results. */
    float direct(int head);

    /** Says where a token's vectors for a head begin, and what becomes of the state. */
    void add(ScanTokens tokens, int token, int head);
  }

  private final Step step;
  private final int count;
  private final int stateOffset;
  private final int stateSize;
  private final Scans.HeadScan scan;
  private final Rule rule;

  /** Of each worker. */
  private final ScanTokens[] tokens;

  private final WorkerTeam.Piece advance = this::advance;
  private float[] x = {};
  private float[] out = {};

  /**
   * @param stateOffset where the states begin: (count, stateSize)
   */
  RecurrentHeads(
      Step step, int count, int stateOffset, int stateSize, Scans.HeadScan scan, Rule rule) {
    this.step = step;
    this.count = count;
    this.stateOffset = stateOffset;
    this.stateSize = stateSize;
    this.scan = scan;
    this.rule = rule;
    tokens = new ScanTokens[step.team().size()];
    for (int i = 0; i < tokens.length; i++) {
      tokens[i] = new ScanTokens();
    }
  }

  /**
   * Brings all heads of the step's sequences forward.
   *
   * @param x in which the tokens' vectors are
   * @param out where their results go
   */
  void apply(float[] x, float[] out) {
    this.x = x;
    this.out = out;
    step.team().run(step.runs().count() * count, advance);
  }

  private void advance(int piece, int worker) {
    SequenceRuns runs = step.runs();
    int run = piece / count;
    int head = piece % count;
    PagedKvSequence sequence = runs.sequence(run);
    int offset = stateOffset + head * stateSize;
    ScanTokens block = tokens[worker];
    block.begin(rule.direct(head));
    for (int t = runs.first(run); t >= 0; t = runs.next(t)) {
      rule.add(block, t, head);
      int seen = step.position(t) + 1;
      boolean blockEnds = seen % PagedKvCache.BLOCK_TOKENS == 0;
      if (blockEnds || block.isFull() || runs.next(t) < 0) {
        scan.advance(sequence.state(), offset, x, block, out, worker);
        block.begin(rule.direct(head));
      }
      if (blockEnds) {
        sequence.keepState(seen, offset, stateSize);
      }
    }
  }
}
