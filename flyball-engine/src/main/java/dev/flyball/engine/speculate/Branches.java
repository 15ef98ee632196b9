package dev.flyball.engine.speculate;

import dev.flyball.engine.sample.Foresight;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Adds guesses beside the lines, where they are worth verifying: a draft model's runners-up, which
 * cost no pass of it, and what came behind the same tokens at another place in the text. Which they
 * are is known once the lines are: where the draft model was unsure.
 */
final class Branches {
  private final DepthPlan plan;
  private final List<Branch> branches = new ArrayList<>();
  private int room;

  /**
   * A guess beside a line.
   *
   * @param depth of the line's guess that it stands beside
   * @param gain tokens that it is expected to give
   */
  private record Branch(Chance chance, int depth, double gain) {
    double worth() {
      return gain / chance.verifyNanos();
    }

    GuessTree tree() {
      return chance.speculation().tree();
    }

    boolean hasRoom() {
      return !tree().isFull() && tree().size() < chance.text().guessRoom();
    }
  }

  /**
   * @param plan of the lines
   * @param room guesses that there may be beside them
   */
  Branches(DepthPlan plan, int room) {
    this.plan = plan;
    this.room = room;
  }

  void addBesideLines(List<Chance> chances) {
    chances.forEach(this::collect);
    branches.sort(Comparator.comparingDouble(branch -> -branch.worth()));
    branches.forEach(this::addIfWorthIt);
  }

  private void collect(Chance chance) {
    Speculation speculation = chance.speculation();
    double reached = 1;
    for (int depth = 0; depth < speculation.lineLength(); depth++) {
      if (speculation.runnersUp().token(depth) != RunnersUp.NONE) {
        int kind = speculation.runnersUp().kind(depth);
        double gain = reached * speculation.acceptance().ofRunnerUp(kind);
        branches.add(new Branch(chance, depth, gain));
      }
      reached *= chance.rate();
    }
  }

  private void addIfWorthIt(Branch branch) {
    if (!mayAdd(branch, branch.gain)) {
      return;
    }
    RunnersUp runnersUp = branch.chance.speculation().runnersUp();
    if (runnersUp.kind(branch.depth) == RunnersUp.OF_NGRAMS) {
      addOtherLine(branch);
    } else {
      branch.tree().add(branch.depth - 1, runnersUp.token(branch.depth));
      room--;
    }
  }

  private boolean mayAdd(Branch branch, double gain) {
    return room > 0 && branch.hasRoom() && plan.takes(gain, branch.chance.verifyNanos());
  }

  /** The first of them is in the plan already. */
  private void addOtherLine(Branch branch) {
    DraftedText text = branch.chance.text();
    Foresight foresight = text.foresee();
    int from = branch.chance.speculation().ngrams().findOther(text);
    int behind = GuessTree.ROOT;
    double gain = branch.gain;
    do {
      int token = text.token(from++);
      if (!foresight.accept(token)) {
        return;
      }
      behind = branch.tree().add(behind, token);
      room--;
      gain *= branch.chance.rate();
    } while (from < text.knownTokens() && mayAdd(branch, gain));
  }
}
