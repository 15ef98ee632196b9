package dev.flyball.engine.model;

import dev.flyball.engine.cache.PagedKvSequence;
import dev.flyball.kernels.WorkerTeam;
import java.util.List;
import java.util.Optional;

/**
 * The state-space model of Mamba-2 (arXiv:2405.21060), for each head with a state {@code S
 * (stateLength, headLength)} that decays with time and takes in what a token brings:
 *
 * <pre>
 * S = exp(A t) S + b (t x)^T
 * y = S^T c + D x
 * </pre>
 *
 * <p>{@code x}, {@code b}, {@code c} come from a short convolution, {@code t = softplus(x_t +
 * bias)}. The result is gated, and normed group by group.
 */
final class Mamba2 implements Mixer {
  private final Mamba2Spec spec;
  private final Mamba2Spec.Shape shape;
  private final Step step;
  private final CausalConvolution convolution;
  private final List<Arithmetic.Norm> norms;
  private final Linear output;
  private final List<Linear> projections;
  private final StepRows gate;
  private final StepRows mixed;
  private final StepRows time;
  private final StepRows results;

  /** What a worker computes with. */
  private final Head[] heads;

  private final WorkerTeam.Piece recur = this::recur;
  private final WorkerTeam.Piece finish = this::finish;
  private List<float[]> projected = List.of();

  private static final class Head {
    private final StateMatrix state;
    private final float[] write;
    private final float[] read;
    private final float[] input;
    private final float[] result;

    Head(Mamba2Spec.Shape shape) {
      state = new StateMatrix(shape.stateLength(), shape.headLength());
      write = new float[shape.stateLength()];
      read = new float[shape.stateLength()];
      input = new float[shape.headLength()];
      result = new float[shape.headLength()];
    }
  }

  Mamba2(Mamba2Spec spec, Assembly assembly) {
    this.spec = spec;
    shape = spec.shape();
    step = assembly.step();
    convolution = new CausalConvolution(spec.convolution(), Optional.of(Activation.SILU), assembly);
    norms = spec.norms().stream().map(assembly::norm).toList();
    output = assembly.linear(spec.output());
    projections =
        List.of(
            assembly.linear(spec.gate()),
            assembly.linear(spec.mixed()),
            assembly.linear(spec.time()));
    gate = assembly.rows("gate of results", shape.columns());
    mixed = assembly.rows("convolved", shape.mixedColumns());
    time = assembly.rows("rates", shape.heads());
    results = assembly.rows("results", shape.columns());
    heads = new Head[step.team().size()];
    for (int i = 0; i < heads.length; i++) {
      heads[i] = new Head(shape);
    }
  }

  @Override
  public boolean mixesTokens() {
    return true;
  }

  @Override
  public void apply(Step ofTokens, float[] x, float[] out) {
    if (projected.isEmpty()) {
      projected = List.of(gate.values(), mixed.values(), time.values());
    }
    step.input(x, step.tokens(), spec.mixed().columns());
    // Errors of the state stay in it.
    Linear.applyAllFinely(projections, projected);
    convolution.apply(mixed.values());
    step.team().run(step.runs().count() * shape.heads(), recur);
    step.team().run(step.tokens(), finish);
    step.input(gate.values(), step.tokens(), shape.columns());
    output.apply(out);
  }

  /** Brings a head of a sequence forward over all of its tokens. */
  private void recur(int piece, int worker) {
    SequenceRuns runs = step.runs();
    int run = piece / shape.heads();
    int index = piece % shape.heads();
    PagedKvSequence sequence = runs.sequence(run);
    Head head = heads[worker];
    int offset = spec.stateOffset() + index * head.state.size();
    head.state.load(sequence.state(), offset);
    for (int t = runs.first(run); t >= 0; t = runs.next(t)) {
      recur(head, t, index);
      head.state.keepAtBlockEnd(sequence, offset, step.position(t) + 1);
    }
    head.state.save(sequence.state(), offset);
  }

  private void recur(Head head, int token, int index) {
    float[] x = mixed.values();
    int inputs = token * shape.mixedColumns();
    int vectors = inputs + shape.columns() + shape.group(index) * shape.stateLength();
    System.arraycopy(x, vectors, head.write, 0, shape.stateLength());
    vectors += shape.groups() * shape.stateLength();
    System.arraycopy(x, vectors, head.read, 0, shape.stateLength());
    System.arraycopy(x, inputs + index * shape.headLength(), head.input, 0, shape.headLength());
    float rate = time.values()[token * shape.heads() + index];
    float duration = (float) Softplus.of(rate + spec.timeBias()[index]);
    float decay = (float) Math.exp(duration * spec.decay()[index]);
    head.state.multiply(head.read, head.result);
    // (a S + b (t x)^T)^T c + D x = a (S^T c) + (t (b c) + D) x
    float factor = duration * StateMatrix.dot(head.write, head.read) + spec.direct()[index];
    for (int j = 0; j < head.result.length; j++) {
      head.result[j] = decay * head.result[j] + factor * head.input[j];
    }
    for (int j = 0; j < head.input.length; j++) {
      head.input[j] *= duration;
    }
    head.state.update(decay, head.write, head.input);
    int to = token * shape.columns() + index * shape.headLength();
    System.arraycopy(head.result, 0, results.values(), to, shape.headLength());
  }

  /** {@code gate = norm(silu(gate) * result)} for one token. */
  private void finish(int token, int worker) {
    int first = token * shape.columns();
    int end = first + shape.columns();
    step.arithmetic().gate(Activation.SILU, gate.values(), results.values(), first, end, worker);
    for (int group = 0; group < norms.size(); group++) {
      int row = token * norms.size() + group;
      norms.get(group).apply(gate.values(), row, gate.values(), worker);
    }
  }
}
