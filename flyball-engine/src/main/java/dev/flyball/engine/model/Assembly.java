package dev.flyball.engine.model;

import dev.flyball.engine.cache.KvShape;
import dev.flyball.engine.model.arithmetic.Arithmetic;
import dev.flyball.engine.model.arithmetic.Elementwise;
import dev.flyball.engine.model.arithmetic.NormSpec;
import dev.flyball.engine.sparsity.GateUse;
import dev.flyball.kernels.TensorType;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Where the pieces of a model are put together: what they compute with, and what they share. Used
 * while a model is loaded.
 */
public final class Assembly {
  private record Scored(AttentionShape shape, ScoreRule scores) {}

  private final Step step;
  private final KvShape cache;
  private final Map<String, StepRows> rows = new LinkedHashMap<>();
  private final Map<RopeSpec, RotaryEmbedding> rotaries = new LinkedHashMap<>();
  private final Map<PerLayerInputSpec, PerLayerInputs> perLayerInputs = new LinkedHashMap<>();
  private final Map<Scored, CachedAttention> attentions = new LinkedHashMap<>();
  private final AdapterSites sites = new AdapterSites();
  private int gatedNetworks;

  public Assembly(Step step, KvShape cache) {
    this.step = step;
    this.cache = cache;
  }

  /** Shared by all steps. */
  public Step step() {
    return step;
  }

  public int maxTokens() {
    return step.maxTokens();
  }

  public int workers() {
    return step.team().size();
  }

  public Arithmetic arithmetic() {
    return step.arithmetic();
  }

  /** What stored values become where they cannot stay as they are stored. */
  TensorType decodedType() {
    return decodedType(step.options());
  }

  static TensorType decodedType(ModelOptions options) {
    return switch (options.precision()) {
      case EXACT -> TensorType.F32;
      case FAST -> TensorType.F16;
    };
  }

  public Linear linear(Linear.Tensors tensors) {
    return new Linear(tensors, step.arithmetic().products(), step.adapters(), sites.add(tensors));
  }

  /** The projections of an expert, which adapters do not adapt. */
  public List<Linear> expert(List<Linear.Tensors> tensors) {
    return Linear.ofExpert(tensors, step.arithmetic(), step.adapters());
  }

  /** The number of the next gated network, in the order of layers. */
  int nextGatedNetwork() {
    return gatedNetworks++;
  }

  /** What becomes of the gates of feed forward networks. */
  GateUse gates() {
    return step.options().gates();
  }

  /** The projections assembled so far that adapters can adapt. */
  AdapterSites sites() {
    return sites;
  }

  public Elementwise.Norm norm(NormSpec spec) {
    return step.arithmetic().elementwise().norm(spec);
  }

  /**
   * Room of at least so many columns. All who ask for the same purpose get the same room: nobody
   * may need it while another piece with this purpose is at work.
   */
  public StepRows rows(String purpose, int columns) {
    StepRows room = rows.computeIfAbsent(purpose, _ -> new StepRows(step.maxTokens()));
    room.reserve(columns);
    return room;
  }

  /** The rotation that a specification asks for, one for all layers that have the same. */
  RotaryEmbedding rotary(RopeSpec spec) {
    return rotaries.computeIfAbsent(
        spec, s -> new RotaryEmbedding(s, step.maxTokens(), step.arithmetic().elementwise()));
  }

  /** All rotations asked for; to be prepared before the layers of a step. */
  Collection<RotaryEmbedding> rotaries() {
    return rotaries.values();
  }

  /** What a specification makes of a step's tokens, one for all layers that have the same. */
  PerLayerInputs perLayerInputs(PerLayerInputSpec spec) {
    return perLayerInputs.computeIfAbsent(spec, s -> new PerLayerInputs(s, this));
  }

  /** All that is to be made of a step's tokens before its layers. */
  Collection<? extends TokenInput> tokenInputs() {
    return perLayerInputs.values();
  }

  /** Attention over the model's cache, one for all layers of the same shape and scores. */
  CachedAttention attention(AttentionShape shape, ScoreRule scores) {
    return attentions.computeIfAbsent(
        new Scored(shape, scores), _ -> step.attentions().over(cache, shape, scores, step));
  }
}
