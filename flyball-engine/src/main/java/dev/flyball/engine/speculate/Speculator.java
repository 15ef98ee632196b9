package dev.flyball.engine.speculate;

import dev.flyball.engine.schedule.StepCost;
import dev.flyball.engine.schedule.StepWork;
import dev.flyball.engine.speculate.ModelDrafter.Wish;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Comparator;
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

  /** Tokens over which it is to pay that a draft model is brought up to a text. */
  private static final int HORIZON = 64;

  /** By so many steps' time a draft model may be late; beyond that it was disturbed. */
  private static final double LONGEST_STEPS = 8;

  private final SpeculationMode mode;
  private final int width;
  private final Optional<ModelDrafter> drafter;
  private final Optional<String> whyNot;
  private final SeenAcceptance.OfEngine acceptance = new SeenAcceptance.OfEngine();
  private final GuessBudget budget = new GuessBudget();
  private final PlainSteps plainSteps = new PlainSteps();
  private final Probes probes = new Probes();
  private final List<Chance> chances = new ArrayList<>();
  private final List<Wish> wishes = new ArrayList<>();
  private boolean drafterFailed;

  // Of the step to come.
  private int sequences;
  private double plainNanos;
  private double verifyNanos;
  private double wishNanos;
  private double budgetLeft;
  private int guesses;

  /**
   * @param width guesses at one place at most, as {@link SpeculationOptions} has it
   * @param drafter the draft model, owned from now on
   */
  public Speculator(SpeculationMode mode, int width, Optional<ModelDrafter> drafter) {
    this(mode, width, drafter, Optional.empty());
  }

  private Speculator(
      SpeculationMode mode, int width, Optional<ModelDrafter> drafter, Optional<String> whyNot) {
    this.mode = mode;
    this.width = width;
    this.drafter = drafter;
    this.whyNot = whyNot;
  }

  /** One that never guesses, since nobody wants it to. */
  public static Speculator off() {
    return new Speculator(SpeculationMode.OFF, 1, Optional.empty());
  }

  /**
   * One that cannot guess.
   *
   * @param why for the receipts of requests
   */
  public static Speculator off(String why) {
    return new Speculator(SpeculationMode.OFF, 1, Optional.empty(), Optional.of(why));
  }

  /**
   * One whose draft model cannot guess for the model.
   *
   * @param why for the receipts of requests
   */
  public static Speculator withoutDraft(SpeculationMode mode, int width, String why) {
    SpeculationMode left = mode == SpeculationMode.DRAFT ? SpeculationMode.OFF : mode;
    return new Speculator(left, width, Optional.empty(), Optional.of(why));
  }

  /** Of a sequence that comes. */
  public Speculation newSpeculation() {
    Speculation speculation = new Speculation(new SeenAcceptance(acceptance), budget);
    whyNot.ifPresent(speculation::hinderedBy);
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
    begin(texts, cost);
    if (isOff() || texts.isEmpty() || plainSteps.isDue(sequences)) {
      return;
    }
    DepthPlan plan = new DepthPlan(sequences, plainNanos);
    for (DraftedText text : texts) {
      addChance(text, plan, cost);
    }
    int room = Math.min(MAX_GUESSES, batchRoom - sequences);
    plan.choose(room);
    dropIfLonely(plan);
    int inLines = makeLines(room);
    if (width > 1) {
      new Branches(plan, room - inLines).addBesideLines(chances);
    }
    count();
  }

  private void begin(List<? extends DraftedText> texts, StepCost cost) {
    texts.forEach(text -> text.speculation().clear());
    chances.clear();
    wishes.clear();
    sequences = texts.size();
    guesses = 0;
    verifyNanos = 0;
    wishNanos = 0;
    if (sequences > 0) {
      plainNanos = plainSteps.nanos(sequences, stepNanos(texts, cost));
      budget.steps(plainNanos);
      budgetLeft = budget.left();
    }
  }

  private static double stepNanos(List<? extends DraftedText> texts, StepCost cost) {
    double nanos = cost.stepNanos();
    for (DraftedText text : texts) {
      nanos += verifyNanos(text, cost);
    }
    return nanos;
  }

  private static double verifyNanos(DraftedText text, StepCost cost) {
    return cost.decodeNanos() + text.knownTokens() * cost.decodeKeyNanos();
  }

  /** What a token is worth that no step of its own is needed for. */
  private double tokenNanos() {
    return plainNanos / sequences;
  }

  private void addChance(DraftedText text, DepthPlan plan, StepCost cost) {
    int most = Math.min(Speculation.MAX_DEPTH, text.guessRoom());
    int mostOfModel = Math.min(most, modelRoom(text));
    if (most <= 0) {
      return;
    }
    Speculation speculation = text.speculation();
    SeenAcceptance seen = speculation.acceptance();
    int end = mode.usesNgrams() ? speculation.ngrams().find(text) : 0;
    if (mostOfModel <= 0 && end == 0) {
      obstacle().ifPresent(speculation::hinderedBy);
      return;
    }
    double verify = verifyNanos(text, cost);
    double catchUp = mostOfModel > 0 ? drafter.orElseThrow().catchUpNanos(text, cost) : 0;
    double ofModel = mostOfModel > 0 ? verify + modelNanos() : 0;
    double spread = catchUp / Math.min(text.guessRoom(), HORIZON);
    double profit = DepthPlan.profit(seen.ngrams(), verify / tokenNanos(), most);
    boolean byModel =
        mostOfModel > 0
            && (end == 0
                || DepthPlan.profit(seen.model(), (ofModel + spread) / tokenNanos(), mostOfModel)
                    > profit);
    chances.add(
        byModel
            ? new Chance(
                text,
                0,
                verify,
                ofModel,
                catchUp,
                plan.add(seen.model(), ofModel + spread, mostOfModel))
            : new Chance(text, end, verify, verify, 0, plan.add(seen.ngrams(), verify, most)));
    speculation.startRound(byModel, tokenNanos());
  }

  /** Drops the draft model's lines where too few share its passes. */
  private void dropIfLonely(DepthPlan plan) {
    int ofModel = 0;
    int passes = 0;
    for (Chance chance : chances) {
      int depth = chance.byModel() ? chance.candidate().depth() : 0;
      ofModel += depth;
      passes = Math.max(passes, depth);
    }
    if (passes > 0
        && !plan.isWorth(drafter.orElseThrow().lonelyNanos(sequences, ofModel, passes))) {
      chances.stream().filter(Chance::byModel).forEach(chance -> chance.candidate().drop());
    }
  }

  /** What a guess of the draft model takes. */
  private double modelNanos() {
    return drafter.orElseThrow().guessNanos(sequences, plainNanos);
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
   * Makes the lines that are planned and paid for, or probes.
   *
   * @return how many guesses were asked for
   */
  private int makeLines(int room) {
    int left = room;
    boolean planned = false;
    for (Chance chance : chances) {
      int depth = Math.min(left, chance.candidate().depth());
      if (depth > 0 && chance.nanos(depth) > budgetLeft) {
        chance.speculation().hinderedBy("guesses have to gain first what they cost lately");
        depth = 0;
      } else if (depth == 0) {
        chance.speculation().hinderedBy("it would take more time than it gains");
      }
      chance.speculation().planned(depth > 0);
      planned |= depth > 0;
      left -= makeLine(chance, depth);
    }
    probes.step(planned);
    left -= probes.isDue() ? probe(left) : 0;
    if (!wishes.isEmpty()) {
      draft();
    }
    return room - left;
  }

  /** Guesses of the text that waited longest for it, where that can be paid. */
  private int probe(int room) {
    Optional<Chance> longest =
        chances.stream()
            .filter(chance -> chance.speculation().stepsWithout() > 0)
            .filter(chance -> chance.nanos(Probes.DEPTH) <= budgetLeft)
            .max(Comparator.comparingInt(chance -> chance.speculation().stepsWithout()));
    if (longest.isEmpty() || room <= 0) {
      return 0;
    }
    probes.tried();
    Chance chance = longest.get();
    chance.speculation().planned(true);
    int depth = Math.min(Math.min(Probes.DEPTH, chance.text().guessRoom()), room);
    return makeLine(chance, depth);
  }

  private int makeLine(Chance chance, int depth) {
    if (depth == 0) {
      return 0;
    }
    budgetLeft -= chance.nanos(depth);
    if (chance.byModel()) {
      wishNanos += chance.nanos(depth) - depth * chance.verifyNanos();
      wishes.add(new Wish(chance.text(), depth));
    } else {
      chance.copyLine(depth);
    }
    return depth;
  }

  /** A draft model that fails is not asked again; the engine goes on without. */
  private void draft() {
    try {
      double took = (double) drafter.orElseThrow().draft(wishes);
      budget.spent(Math.min(took, LONGEST_STEPS * plainNanos + wishNanos));
    } catch (RuntimeException e) {
      LOG.log(Level.WARNING, "the draft model failed and is not used any more", e);
      drafterFailed = true;
      wishes.forEach(wish -> wish.text().speculation().clear());
    }
  }

  private void count() {
    for (Chance chance : chances) {
      guesses += chance.speculation().size();
      verifyNanos += chance.speculation().size() * chance.verifyNanos();
    }
    if (guesses > 0) {
      plainSteps.guessed(sequences);
    }
  }

  /**
   * Tells of a step of the model.
   *
   * @param work what was in it
   */
  public void ran(StepWork work, long elapsedNanos) {
    double nanos = (double) elapsedNanos;
    budget.ran(nanos);
    boolean withPrompts = work.prefillTokens() > 0;
    if (guesses > 0) {
      double more = Math.max(nanos - plainNanos, -plainNanos);
      double disturbed = plainNanos + 2 * verifyNanos;
      budget.spent(withPrompts ? verifyNanos : Math.min(more, disturbed));
    } else if (!withPrompts && work.decodeTokens() > 0) {
      plainSteps.ran(work.decodeTokens(), nanos);
    }
    guesses = 0;
  }

  @Override
  public void close() {
    drafter.ifPresent(ModelDrafter::close);
  }
}
