package dev.flyball.engine.model;

import dev.flyball.engine.cache.KvShape;
import dev.flyball.engine.weights.ExpertCounters;
import dev.flyball.kernels.ChannelConvolution;
import dev.flyball.kernels.ScanTokens;
import dev.flyball.kernels.StoredMatrix;
import dev.flyball.kernels.matmul.InputFinish;
import dev.flyball.kernels.matmul.RowGroups;
import java.lang.foreign.Arena;
import java.util.List;
import java.util.Optional;

/**
 * What a forward pass computes with: plain Java, exactly, or generated code. Holds scratch for
 * steps; used by the thread that calls {@code forward}.
 */
interface Arithmetic extends AutoCloseable {
  /** A matrix, ready to be multiplied by. */
  interface Weight {
    int rows();

    int columns();
  }

  /**
   * A norm. Works on a row at a time, (rows, length) with the rows one after the other; called by
   * workers of the team.
   */
  interface Norm {
    /** Length of a row. */
    int length();

    /** {@code out = norm(x)}; {@code out} may be {@code x}. */
    void apply(float[] x, int row, float[] out, int worker);

    /** {@code x += delta}, then {@code out = norm(x)}. */
    void addAndApply(float[] x, float[] delta, int row, float[] out, int worker);
  }

  /** A rotary position embedding; called by workers of the team. */
  interface Rotation {
    /**
     * Rotates the heads of a token in place.
     *
     * @param cosines with adjacent pairs as {@link dev.flyball.kernels.PairRotation} wants them,
     *     else as {@link dev.flyball.kernels.HalfRotation} does, from {@code angles}
     * @param sines likewise
     */
    void apply(
        float[] x,
        int offset,
        int heads,
        int headLength,
        float[] cosines,
        float[] sines,
        int angles,
        int worker);
  }

  /** A rule that brings the state of a recurrent head forward; called by workers of the team. */
  interface HeadScan {
    /**
     * Takes tokens into a state.
     *
     * @param state in which the head's part begins at {@code offset}
     * @param x in which the tokens' vectors are
     * @param out where their results go
     */
    void advance(float[] state, int offset, float[] x, ScanTokens tokens, float[] out, int worker);
  }

  /** A convolution of some channels; called by workers of the team. */
  interface Convolution {
    /** As {@link ChannelConvolution#apply}. */
    void apply(
        float[] window, float[] out, int[] places, int tokens, int from, int count, int worker);
  }

  /** Prepares a convolution, at load. */
  Convolution convolution(ConvolutionSpec spec, ChannelConvolution.Finish finish);

  /**
   * Prepares the gated delta rule, at load.
   *
   * @param epsilon added to the square of a key's or query's length
   */
  HeadScan deltaRule(int keyLength, int valueLength, float epsilon);

  /** Prepares the rule of Mamba-2, at load. */
  HeadScan stateSpace(int stateLength, int headLength);

  /** Prepares the rotation of the first {@code 2 * pairs} values of heads, at load. */
  Rotation rotation(RopePairs pairing, int pairs);

  /** Prepares a norm, at load. */
  Norm norm(NormSpec spec);

  /** Prepares a matrix, at load. */
  Weight prepare(StoredMatrix stored);

  /**
   * Prepares the matrices of an expert, at load: they may stay in the model's file until steps need
   * them.
   */
  default List<Weight> prepareExpert(List<StoredMatrix> stored) {
    return stored.stream().map(this::prepare).toList();
  }

  /** Says that the expert of this matrix will be multiplied by soon. */
  default void expect(Weight ofExpert) {}

  /**
   * How many experts may be multiplied by together; as many more may be expected at the same time.
   */
  default int expertsTogether() {
    return Integer.MAX_VALUE;
  }

  /** What became of experts that are read when they are needed. */
  default Optional<ExpertCounters> experts() {
    return Optional.empty();
  }

  /**
   * Prepares matrices of floats at any time, by any thread.
   *
   * @param stored of which nothing is kept
   * @param arena what the results live in
   */
  List<Weight> prepare(List<StoredMatrix> stored, Arena arena);

  /**
   * Makes {@code x} (tokens, columns) the input of the products that follow; not to change before
   * they are done.
   */
  void input(float[] x, int tokens, int columns);

  /**
   * As {@link #input(float[], int, int)}, for an input that is still to be finished.
   *
   * @param finish called for each value once, at the latest by the first product
   */
  void input(float[] x, int tokens, int columns, InputFinish finish);

  /**
   * {@code W (rows, columns) @ x} for all tokens of the last {@link #input}, for several matrices
   * at once.
   *
   * @param outs for each matrix (tokens, rows)
   */
  void multiply(List<Weight> weights, List<float[]> outs);

  /**
   * As {@link #multiply}, for products whose errors grow on the way to the logits: where
   * activations are rounded to eight bits, what is left of them is multiplied too, as if they had
   * sixteen.
   */
  void multiplyFinely(List<Weight> weights, List<float[]> outs);

  /**
   * Makes rows of {@code x} (rows, columns) the input of {@link #multiplyGroups}; not to change
   * before that is done.
   *
   * @param groups of at most as many rows as a step has tokens
   */
  void input(float[] x, RowGroups groups, int columns);

  /**
   * As {@link #input(float[], RowGroups, int)}, for an input that is still to be finished.
   *
   * @param finish called once for each value of each row; no row may be in several groups
   */
  void input(float[] x, RowGroups groups, int columns, InputFinish finish);

  /**
   * {@code W (rows, columns) @ x} for each group of the last input with weights of its own, all at
   * once.
   *
   * @param weights for each of {@code outs} one for each group: those of the first one come first
   * @param outs (rows of all groups, rows)
   */
  void multiplyGroups(List<Weight> weights, List<float[]> outs);

  /**
   * {@code sums[to + i] += weights[k] * rows[places[k] * length + i]} for {@code i < length} and
   * {@code first <= k < end}, in this order; called by workers of the team.
   */
  void addWeighted(
      float[] rows,
      int[] places,
      float[] weights,
      int first,
      int end,
      float[] sums,
      int to,
      int length,
      int worker);

  /** Tokens of the last input. */
  int tokens();

  /**
   * {@code gate[i] = activation(gate[i]) * up[i]} for {@code from <= i < end}; called by workers of
   * the team.
   */
  void gate(Activation activation, float[] gate, float[] up, int from, int end, int worker);

  /**
   * As {@link #gate}, but zero where the activated gate's magnitude is below {@code threshold};
   * called by workers of the team.
   */
  void gateAbove(
      Activation activation,
      float[] gate,
      float[] up,
      float threshold,
      int from,
      int end,
      int worker);

  /** A gated network, ready to be computed for one token without the neurons that are shut. */
  interface SparseNetwork {
    /**
     * Computes the network.
     *
     * @param x the token's input
     * @param gate what the gate's matrix made of it
     * @param activate activates gates in place
     * @param out the result, without the down projection's bias
     * @return neurons whose weights were not read
     */
    long apply(float[] x, float[] gate, InputFinish activate, float threshold, float[] out);
  }

  /**
   * Prepares a network's matrices behind its gate to be read neuron by neuron, at load.
   *
   * @param up (neurons, columns)
   * @param down (rows, neurons)
   * @return nothing where this arithmetic reads whole matrices only
   */
  Optional<SparseNetwork> sparse(Linear.Tensors up, Linear.Tensors down);

  /** {@code x[i] = activation(x[i])} for {@code from <= i < end}; called by workers of the team. */
  void activate(Activation activation, float[] x, int from, int end, int worker);

  /**
   * Attention over those layers of a cache that have the shape's lengths; closed with this
   * arithmetic.
   *
   * @param scores what becomes of the products of queries and keys
   */
  CachedAttention attention(AttentionShape shape, KvShape cache, ScoreRule scores, Step step);

  @Override
  void close();
}
