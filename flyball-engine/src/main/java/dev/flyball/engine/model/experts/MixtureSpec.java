package dev.flyball.engine.model.experts;

import dev.flyball.engine.model.Assembly;
import dev.flyball.engine.model.ExpertOutline;
import dev.flyball.engine.model.FeedForwardSpec;
import dev.flyball.engine.model.HyperParameters;
import dev.flyball.engine.model.Linear;
import dev.flyball.engine.model.Mixer;
import dev.flyball.engine.model.MixerSpec;
import dev.flyball.engine.model.TensorGroup;
import dev.flyball.engine.model.arithmetic.Activation;
import dev.flyball.engine.model.arithmetic.NormSpec;
import dev.flyball.kernels.StoredMatrix;
import dev.flyball.kernels.matmul.PackedMatrix;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * A mixture of experts, as read from a file.
 *
 * @param router (experts, columns)
 * @param routerNorm norm of what the router sees; nothing: it sees the mixer's input
 * @param expertNorm likewise of what the experts see
 * @param expertScales for each expert, what its result is multiplied by besides its weight
 * @param weighsInput whether weights are factors of the experts' input, not of their results
 */
public record MixtureSpec(
    ExpertRouting routing,
    Linear.Tensors router,
    List<FeedForwardSpec> experts,
    Optional<NormSpec> routerNorm,
    Optional<NormSpec> expertNorm,
    Optional<float[]> expertScales,
    boolean weighsInput)
    implements MixerSpec {

  /**
   * The experts {@code ffn_gate_exps} and {@code ffn_up_exps}, or both as {@code ffn_gate_up_exps},
   * and {@code ffn_down_exps} of a layer, with biases or without.
   */
  public static MixtureSpec read(
      TensorGroup layer, ExpertRouting routing, int hidden, Activation activation) {
    int columns = layer.source().config().embeddingLength();
    int count = routing.experts();
    List<Linear.Tensors> gates;
    List<Linear.Tensors> ups;
    if (layer.has("ffn_gate_up_exps.weight")) {
      List<Linear.Tensors> both = readEach(layer, count, "ffn_gate_up", 2 * hidden, columns);
      gates = both.stream().map(tensors -> tensors.rows(0, hidden)).toList();
      ups = both.stream().map(tensors -> tensors.rows(hidden, hidden)).toList();
    } else {
      gates = readEach(layer, count, "ffn_gate", hidden, columns);
      ups = readEach(layer, count, "ffn_up", hidden, columns);
    }
    return of(layer, routing, hidden, activation, gates.stream().map(Optional::of).toList(), ups);
  }

  /** The experts {@code ffn_up_exps} and {@code ffn_down_exps} of a layer. */
  public static MixtureSpec readUngated(
      TensorGroup layer, ExpertRouting routing, int hidden, Activation activation) {
    int columns = layer.source().config().embeddingLength();
    List<Linear.Tensors> ups = readEach(layer, routing.experts(), "ffn_up", hidden, columns);
    return of(
        layer, routing, hidden, activation, Collections.nCopies(ups.size(), Optional.empty()), ups);
  }

  private static MixtureSpec of(
      TensorGroup layer,
      ExpertRouting routing,
      int hidden,
      Activation activation,
      List<Optional<Linear.Tensors>> gates,
      List<Linear.Tensors> ups) {
    int count = routing.experts();
    int columns = layer.source().config().embeddingLength();
    List<Linear.Tensors> downs = readEach(layer, count, "ffn_down", columns, hidden);
    List<FeedForwardSpec> experts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      experts.add(new FeedForwardSpec(gates.get(i), ups.get(i), downs.get(i), activation));
    }
    return new MixtureSpec(
        routing,
        layer.linear("ffn_gate_inp", count, columns),
        List.copyOf(experts),
        Optional.empty(),
        Optional.empty(),
        layer.findVector("ffn_down_exps.scale", count),
        false);
  }

  /**
   * What {@link #readWithShared} reads, but of the first {@code leading_dense_block_count} layers
   * the dense network that they have in its place.
   */
  public static MixerSpec[] readBehindDense(TensorGroup layer, ExpertRouting.Weighing orElse) {
    return layer.index() < layer.source().keys().countOrNone("leading_dense_block_count")
        ? new MixerSpec[] {FeedForwardSpec.gated(layer, Activation.SILU)}
        : readWithShared(layer, orElse);
  }

  /**
   * The experts of a DeepSeek-like layer and the shared ones beside them, chosen and weighed as the
   * keys {@code expert_*} and the bias {@code exp_probs_b} say.
   *
   * @param orElse how scores become weights where the keys do not say
   */
  public static MixerSpec[] readWithShared(TensorGroup layer, ExpertRouting.Weighing orElse) {
    HyperParameters keys = layer.source().keys();
    ExpertRouting routing = ExpertRouting.readWeighing(keys, orElse);
    Optional<float[]> bias = layer.findVector("exp_probs_b.bias", routing.experts());
    if (bias.isPresent()) {
      routing = routing.choiceBias(bias.get());
    }
    int hidden = keys.count("expert_feed_forward_length");
    MixerSpec experts = read(layer, routing, hidden, Activation.SILU);
    int shared = Math.multiplyExact(hidden, keys.countOrNone("expert_shared_count"));
    return shared == 0
        ? new MixerSpec[] {experts}
        : new MixerSpec[] {
          experts, FeedForwardSpec.gated(layer, "_shexp", shared, Activation.SILU)
        };
  }

  /** One tensor for all experts, or, in older files, one for each. */
  private static List<Linear.Tensors> readEach(
      TensorGroup layer, int count, String name, int rows, int columns) {
    List<Linear.Tensors> each = new ArrayList<>();
    if (layer.has(name + ".0.weight")) {
      for (int i = 0; i < count; i++) {
        each.add(layer.linear(name + "." + i, rows, columns).withoutAdapters());
      }
      return each;
    }
    List<StoredMatrix> weights = layer.matrices(name + "_exps.weight", count, rows, columns);
    String biases = name + "_exps.bias";
    Optional<List<float[]>> bias =
        layer.has(biases) ? Optional.of(layer.vectors(biases, count, rows)) : Optional.empty();
    for (int i = 0; i < count; i++) {
      int expert = i;
      each.add(new Linear.Tensors(weights.get(i), bias.map(all -> all.get(expert))));
    }
    return each;
  }

  /** With norms of its own of what the router and what the experts see. */
  public MixtureSpec norms(NormSpec ofRouter, NormSpec ofExperts) {
    return new MixtureSpec(
        routing,
        router,
        experts,
        Optional.of(ofRouter),
        Optional.of(ofExperts),
        expertScales,
        weighsInput);
  }

  /** With weights that are factors of the experts' input. */
  public MixtureSpec weighingInput() {
    return new MixtureSpec(routing, router, experts, routerNorm, expertNorm, expertScales, true);
  }

  @Override
  public int maxColumns() {
    return experts.getFirst().maxColumns();
  }

  @Override
  public long scratchValuesPerToken() {
    return experts.getFirst().scratchValuesPerToken() + 3L * router.columns() + routing.experts();
  }

  @Override
  public boolean choosesExperts() {
    return true;
  }

  @Override
  public ExpertOutline expertOutline() {
    long fileBytes = 0;
    long largestBytes = 0;
    for (FeedForwardSpec expert : experts) {
      long bytes = 0;
      for (StoredMatrix matrix : expert.matrices()) {
        fileBytes += matrix.type().bytesFor(matrix.columns()) * matrix.rows();
        bytes += PackedMatrix.bytes(matrix.type(), matrix.rows(), matrix.columns());
      }
      largestBytes = Math.max(largestBytes, bytes);
    }
    return new ExpertOutline(fileBytes, largestBytes, routing.used());
  }

  @Override
  public Mixer assemble(Assembly assembly) {
    return new MixtureOfExperts(this, assembly);
  }
}
