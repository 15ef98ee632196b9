package dev.flyball.engine.model;

import dev.flyball.engine.cache.PagedKvSequence;
import dev.flyball.kernels.WorkerTeam;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The gated delta rule (arXiv:2412.06464), for each value head with a state {@code S (keyLength,
 * valueLength)}: forget some of it, write where {@code k} points the part of {@code v} that is not
 * there already, read where {@code q} points:
 *
 * <pre>
 * S = a S
 * S = S + k (b (v - S^T k))^T
 * o = S^T q
 * </pre>
 *
 * <p>{@code q} and {@code k} are of length 1 (queries further divided by the root of theirs), all
 * three come from a short convolution; {@code a = exp(factor * softplus(x_a + bias))}, {@code b =
 * logistic(x_b)}. The result is normed head by head and gated.
 */
final class GatedDeltaNet implements Mixer {
  private final GatedDeltaNetSpec spec;
  private final GatedDeltaNetSpec.Shape shape;
  private final Step step;
  private final CausalConvolution convolution;
  private final Arithmetic.Norm norm;
  private final Linear output;
  private final List<Linear> projections = new ArrayList<>();
  private final StepRows mixed;
  private final StepRows gate;
  private final StepRows rates;
  private final StepRows forgetRates;
  private final StepRows results;
  private final float epsilon;

  /** What a worker computes with. */
  private final Head[] heads;

  private final WorkerTeam.Piece recur = this::recur;
  private List<float[]> projected = List.of();

  private static final class Head {
    private final StateMatrix state;
    private final float[] query;
    private final float[] key;

    /** Of the value, what is not in the state yet. */
    private final float[] change;

    private final float[] result;

    Head(GatedDeltaNetSpec.Shape shape) {
      state = new StateMatrix(shape.keyLength(), shape.valueLength());
      query = new float[shape.keyLength()];
      key = new float[shape.keyLength()];
      change = new float[shape.valueLength()];
      result = new float[shape.valueLength()];
    }
  }

  GatedDeltaNet(GatedDeltaNetSpec spec, Assembly assembly) {
    this.spec = spec;
    shape = spec.shape();
    step = assembly.step();
    convolution = new CausalConvolution(spec.convolution(), Optional.of(Activation.SILU), assembly);
    norm = assembly.norm(spec.norm());
    epsilon = (float) spec.norm().epsilon();
    output = assembly.linear(spec.output());
    projections.add(assembly.linear(spec.mixed()));
    projections.add(assembly.linear(spec.gate()));
    spec.rates().forEach(rate -> projections.add(assembly.linear(rate)));
    mixed = assembly.rows("convolved", shape.mixedColumns());
    gate = assembly.rows("gate of results", shape.valueColumns());
    rates = assembly.rows("rates", spec.rates().getFirst().weight().rows());
    forgetRates = isOneMatrix() ? rates : assembly.rows("forget rates", shape.valueHeads());
    results = assembly.rows("results", shape.valueColumns());
    heads = new Head[step.team().size()];
    for (int i = 0; i < heads.length; i++) {
      heads[i] = new Head(shape);
    }
  }

  private boolean isOneMatrix() {
    return spec.rates().size() == 1;
  }

  @Override
  public boolean mixesTokens() {
    return true;
  }

  @Override
  public void apply(Step ofTokens, float[] x, float[] out) {
    if (projected.isEmpty()) {
      projected = new ArrayList<>(List.of(mixed.values(), gate.values(), rates.values()));
      if (!isOneMatrix()) {
        projected.add(forgetRates.values());
      }
    }
    step.input(x, step.tokens(), spec.mixed().columns());
    // Errors of the state stay in it.
    Linear.applyAllFinely(projections, projected);
    convolution.apply(mixed.values());
    step.team().run(step.runs().count() * shape.valueHeads(), recur);
    step.input(gate.values(), step.tokens(), shape.valueColumns());
    output.apply(out);
  }

  /** Brings a head of a sequence forward over all of its tokens. */
  private void recur(int piece, int worker) {
    SequenceRuns runs = step.runs();
    int run = piece / shape.valueHeads();
    int valueHead = piece % shape.valueHeads();
    PagedKvSequence sequence = runs.sequence(run);
    Head head = heads[worker];
    int offset = spec.stateOffset() + valueHead * head.state.size();
    head.state.load(sequence.state(), offset);
    for (int t = runs.first(run); t >= 0; t = runs.next(t)) {
      recur(head, t, valueHead);
      finish(head.result, t, valueHead, worker);
      head.state.keepAtBlockEnd(sequence, offset, step.position(t) + 1);
    }
    head.state.save(sequence.state(), offset);
  }

  private void recur(Head head, int token, int valueHead) {
    int length = shape.keyLength();
    int at = token * shape.mixedColumns() + shape.keyHead(valueHead) * length;
    normalise(at, 1 / Math.sqrt(length), head.query);
    normalise(at + shape.keyColumns(), 1, head.key);
    float decay = decay(token, valueHead);
    float write = write(token, valueHead);
    head.state.multiply(head.key, head.change);
    head.state.multiply(head.query, head.result);
    int values = token * shape.mixedColumns() + 2 * shape.keyColumns();
    values += valueHead * shape.valueLength();
    subtract(mixed.values(), values, head.change, decay, write);
    float product = StateMatrix.dot(head.key, head.query);
    // (a S + k d^T)^T q = a (S^T q) + d (k q)
    for (int j = 0; j < head.result.length; j++) {
      head.result[j] = decay * head.result[j] + product * head.change[j];
    }
    head.state.update(decay, head.key, head.change);
  }

  /** {@code change = write * (value - decay * change)}. */
  private static void subtract(float[] x, int at, float[] change, float decay, float write) {
    for (int j = 0; j < change.length; j++) {
      change[j] = write * (x[at + j] - decay * change[j]);
    }
  }

  /** Makes a query or key as long as {@code length}. */
  private void normalise(int at, double length, float[] out) {
    System.arraycopy(mixed.values(), at, out, 0, out.length);
    float factor = (float) (length / Math.sqrt(StateMatrix.dot(out, out) + epsilon));
    for (int i = 0; i < out.length; i++) {
      out[i] *= factor;
    }
  }

  private float write(int token, int valueHead) {
    double rate =
        isOneMatrix()
            ? rates.values()[rateAt(token, valueHead)]
            : rates.values()[token * shape.valueHeads() + valueHead];
    return (float) (1 / (1 + Math.exp(-rate)));
  }

  private float decay(int token, int valueHead) {
    int sharers = shape.valueHeads() / shape.keyHeads();
    float rate =
        isOneMatrix()
            ? rates.values()[rateAt(token, valueHead) + sharers]
            : forgetRates.values()[token * shape.valueHeads() + valueHead];
    double softplus = Softplus.of(rate + spec.forgetBias()[valueHead]);
    return (float) Math.exp(spec.forgetFactor()[valueHead] * softplus);
  }

  /** Where one matrix has a value head's rate of writing. */
  private int rateAt(int token, int valueHead) {
    int sharers = shape.valueHeads() / shape.keyHeads();
    int group = valueHead / sharers;
    return 2 * (token * shape.valueHeads() + group * sharers) + valueHead % sharers;
  }

  /** {@code gate = silu(gate) * norm(result)} for one head. */
  private void finish(float[] result, int token, int valueHead, int worker) {
    int row = token * shape.valueHeads() + valueHead;
    int at = row * shape.valueLength();
    float[] all = results.values();
    System.arraycopy(result, 0, all, at, shape.valueLength());
    norm.apply(all, row, all, worker);
    int end = at + shape.valueLength();
    step.arithmetic().gate(Activation.SILU, gate.values(), all, at, end, worker);
  }
}
