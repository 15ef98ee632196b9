package dev.flyball.engine.speculate;

import dev.flyball.engine.sample.Foresight;
import dev.flyball.engine.schedule.StepCost;
import dev.flyball.engine.speculate.DepthPlan.Candidate;
import dev.flyball.engine.speculate.ModelDrafter.Wish;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Guesses tokens of an engine's sequences before each step, as many as are worth their time. New
 * sequences may be met by any thread; all else is for the engine's thread only.
 */
public final class Speculator implements AutoCloseable {
  private static final Logger LOG = System.getLogger(Speculator.class.getName());

  /** Guesses in a step at most, of all sequences: each takes a row of logits. */
  public static final int MAX_GUESSES = 32;

  private static final int PROBE_DEPTH = 2;

  private final SpeculationMode mode;
  private final Optional<ModelDrafter> drafter;
  private final Optional<String> whyOff;
  private final SeenAcceptance.OfEngine acceptance = new SeenAcceptance.OfEngine();
  private final List<Chance> chances = new ArrayList<>();
  private final List<Wish> wishes = new ArrayList<>();
  private boolean drafterFailed;

  /**
   * A text that can be guessed.
   *
   * @param ngramEnd behind which of its tokens the guesses are read; 0: the draft model guesses
   */
  private record Chance(DraftedText text, int ngramEnd, Candidate candidate) {}

  /**
   * @param drafter the draft model, owned from now on
   */
  public Speculator(SpeculationMode mode, Optional<ModelDrafter> drafter) {
    this(mode, drafter, Optional.empty());
  }

  private Speculator(
      SpeculationMode mode, Optional<ModelDrafter> drafter, Optional<String> whyOff) {
    this.mode = mode;
    this.drafter = drafter;
    this.whyOff = whyOff;
  }

  /** One that never guesses, since nobody wants it to. */
  public static Speculator off() {
    return new Speculator(SpeculationMode.OFF, Optional.empty());
  }

  /**
   * One that cannot guess.
   *
   * @param why for the receipts of requests
   */
  public static Speculator off(String why) {
    return new Speculator(SpeculationMode.OFF, Optional.empty(), Optional.of(why));
  }

  /** Of a sequence that comes. */
  public Speculation newSpeculation() {
    Speculation speculation = new Speculation(new SeenAcceptance(acceptance));
    whyOff.ifPresent(speculation::hinderedBy);
    return speculation;
  }

  /** Whether it guesses at all. */
  public boolean isOff() {
    return mode == SpeculationMode.OFF;
  }

  /**
   * Guesses for the next step.
   *
   * @param texts all sequences that decode in it
   * @param cost how long steps take
   * @param batchRoom tokens that the step's batch has room for
   */
  public void guess(List<? extends DraftedText> texts, StepCost cost, int batchRoom) {
    if (isOff() || texts.isEmpty()) {
      return;
    }
    double stepNanos = stepNanos(texts, cost);
    DepthPlan plan = new DepthPlan(texts.size(), stepNanos);
    chances.clear();
    wishes.clear();
    for (DraftedText text : texts) {
      text.speculation().clear();
      addChance(text, plan, cost, modelNanos(texts.size(), stepNanos));
    }
    int room = Math.min(MAX_GUESSES, batchRoom - texts.size());
    plan.choose(room);
    for (Chance chance : chances) {
      room -= guess(chance, room);
    }
    if (!wishes.isEmpty()) {
      draft();
    }
  }

  private static double stepNanos(List<? extends DraftedText> texts, StepCost cost) {
    double nanos = cost.stepNanos();
    for (DraftedText text : texts) {
      nanos += tokenNanos(text, cost);
    }
    return nanos;
  }

  private static double tokenNanos(DraftedText text, StepCost cost) {
    return cost.decodeNanos() + text.knownTokens() * cost.decodeKeyNanos();
  }

  /** What a guess of the draft model takes. */
  private double modelNanos(int sequences, double stepNanos) {
    return drafter.map(model -> model.guessNanos(sequences, stepNanos)).orElse(0.0);
  }

  private void addChance(DraftedText text, DepthPlan plan, StepCost cost, double modelNanos) {
    Speculation speculation = text.speculation();
    SeenAcceptance seen = speculation.acceptance();
    int most = Math.min(Speculation.MAX_DEPTH, text.guessRoom());
    int mostOfModel = Math.min(most, modelRoom(text));
    if (most <= 0) {
      return;
    }
    int end = mode.usesNgrams() ? speculation.ngrams().find(text) : 0;
    boolean byModel = mostOfModel > 0 && (end == 0 || seen.model() > seen.ngrams());
    if (!byModel && end == 0) {
      obstacle().ifPresent(speculation::hinderedBy);
      return;
    }
    Candidate candidate =
        byModel
            ? plan.add(seen.model(), tokenNanos(text, cost) + modelNanos, mostOfModel)
            : plan.add(seen.ngrams(), tokenNanos(text, cost), most);
    speculation.startRound(byModel);
    chances.add(new Chance(text, byModel ? 0 : end, candidate));
  }

  /** Tokens that the draft model could guess of a text. */
  private int modelRoom(DraftedText text) {
    return drafter.isEmpty() || drafterFailed
        ? 0
        : drafter.get().contextLength() - text.knownTokens();
  }

  /** Why nobody can guess; nothing where that is the usual case. */
  private Optional<String> obstacle() {
    if (drafterFailed) {
      return Optional.of("the draft model failed");
    }
    if (drafter.isPresent()) {
      return Optional.of("the text is longer than the draft model's context");
    }
    return mode == SpeculationMode.NGRAM
        ? Optional.of("nothing in the text came again")
        : Optional.empty();
  }

  /**
   * Follows the plan for a text, or probes.
   *
   * @return how many guesses it takes
   */
  private int guess(Chance chance, int room) {
    Speculation speculation = chance.text.speculation();
    int depth = chance.candidate.depth();
    speculation.planned(depth > 0);
    if (depth == 0) {
      speculation.hinderedBy("it would take more time than it gains");
      depth = speculation.probesNow() ? Math.min(PROBE_DEPTH, chance.text.guessRoom()) : 0;
    }
    depth = Math.min(depth, room);
    if (depth <= 0) {
      return 0;
    }
    if (chance.ngramEnd > 0) {
      copy(chance.text, chance.ngramEnd, depth);
    } else {
      wishes.add(new Wish(chance.text, depth));
    }
    return depth;
  }

  /** Guesses that what came behind the same tokens comes again, its own beginning included. */
  private static void copy(DraftedText text, int end, int depth) {
    Speculation speculation = text.speculation();
    Foresight foresight = text.foresee();
    int known = text.knownTokens();
    for (int i = 0; i < depth; i++) {
      int from = end + i;
      int token = from < known ? text.token(from) : speculation.guess(from - known);
      if (!foresight.accept(token)) {
        return;
      }
      speculation.add(token);
    }
  }

  /** A draft model that fails is not asked again; the engine goes on without. */
  private void draft() {
    try {
      drafter.orElseThrow().draft(wishes);
    } catch (RuntimeException e) {
      LOG.log(Level.WARNING, "the draft model failed and is not used any more", e);
      drafterFailed = true;
      wishes.forEach(wish -> wish.text().speculation().clear());
    }
  }

  @Override
  public void close() {
    drafter.ifPresent(ModelDrafter::close);
  }
}
