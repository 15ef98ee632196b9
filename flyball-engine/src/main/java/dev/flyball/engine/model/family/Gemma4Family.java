package dev.flyball.engine.model.family;

import dev.flyball.engine.model.AttentionShape;
import dev.flyball.engine.model.AttentionSpec;
import dev.flyball.engine.model.BranchSpec;
import dev.flyball.engine.model.DecoderSpec;
import dev.flyball.engine.model.FeedForwardSpec;
import dev.flyball.engine.model.HyperParameters;
import dev.flyball.engine.model.LogitRule;
import dev.flyball.engine.model.MixerSpec;
import dev.flyball.engine.model.ModelSource;
import dev.flyball.engine.model.NormedSpec;
import dev.flyball.engine.model.PerLayerInputSpec;
import dev.flyball.engine.model.PerLayerMixerSpec;
import dev.flyball.engine.model.RopeSpec;
import dev.flyball.engine.model.SlidingWindows;
import dev.flyball.engine.model.TensorGroup;
import dev.flyball.engine.model.arithmetic.Activation;
import dev.flyball.engine.model.arithmetic.NormSpec;
import dev.flyball.engine.model.arithmetic.RopePairs;
import dev.flyball.engine.model.experts.ExpertRouting;
import dev.flyball.engine.model.experts.MixtureSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Gemma 4: as Gemma 3, with heads of another size where everything is seen, normed values, scores
 * that are not scaled, logits that are capped and a factor behind every layer. Small models have
 * embeddings for every layer, and last layers that store no keys and values; others a mixture of
 * experts beside the dense network.
 */
final class Gemma4Family implements ModelFamily {
  @Override
  public List<String> architectures() {
    return List.of("gemma4");
  }

  @Override
  public DecoderSpec read(ModelSource source) {
    Layers layers = new Layers(source);
    return source
        .decoder(layers::branches)
        .embeddingScale(Math.sqrt(source.config().embeddingLength()))
        .logits(LogitRule.readSoftCap(source.keys(), 0));
  }

  /** What layers are read with; they are read in order. */
  private static final class Layers {
    private static final String SHARING = "attention.shared_kv_layers";
    private static final int PERIOD = 6;
    private static final double WINDOWED_BASE = 10_000;

    private final HyperParameters keys;
    private final SlidingWindows windows;
    private final int[] heads;
    private final int[] kvHeads;
    private final int[] hidden;
    private final RopeSpec rope;
    private final RopeSpec windowedRope;
    private final Optional<PerLayerInputSpec> inputs;

    /**
     * How many layers store keys and values; those behind them attend to the last of their kind.
     */
    private final int storing;

    private Optional<AttentionSpec> lastWindowed = Optional.empty();
    private Optional<AttentionSpec> lastOfAll = Optional.empty();

    Layers(ModelSource source) {
      keys = source.keys();
      int layers = source.config().layers();
      windows = SlidingWindows.read(keys, layers, PERIOD);
      heads = keys.countEach("attention.head_count", layers);
      kvHeads = keys.countEach("attention.head_count_kv", layers);
      hidden = keys.countEach("feed_forward_length", layers);
      rope = RopeSpec.read(source, RopePairs.HALVES, keys.count("attention.key_length"));
      int rotated = keys.count("rope.dimension_count_swa", keys.count("attention.key_length_swa"));
      windowedRope = RopeSpec.readWindowed(source, RopePairs.HALVES, rotated, WINDOWED_BASE);
      int perLayer = keys.countOrNone("embedding_length_per_layer_input");
      inputs =
          perLayer == 0 ? Optional.empty() : Optional.of(PerLayerInputSpec.read(source, perLayer));
      storing = layers - keys.countOrNone(SHARING);
    }

    List<BranchSpec> branches(TensorGroup layer) {
      List<BranchSpec> branches = new ArrayList<>();
      branches.add(
          BranchSpec.preNorm(layer.rmsNorm("attn_norm"), attention(layer))
              .thenNorm(layer.rmsNorm("post_attention_norm")));
      branches.add(feedForward(layer).thenNorm(layer.rmsNorm("post_ffw_norm")));
      inputs.ifPresent(
          all ->
              branches.add(
                  BranchSpec.plain(PerLayerMixerSpec.read(layer, all))
                      .thenNorm(layer.rmsNorm("post_norm"))));
      layer
          .findVector("layer_output_scale.weight", 1)
          .ifPresent(scale -> branches.add(branches.removeLast().thenScaled(scale[0])));
      return branches;
    }

    private AttentionSpec attention(TensorGroup layer) {
      boolean windowed = windows.has(layer.index());
      AttentionSpec.Reader reader =
          AttentionSpec.of(layer, shape(layer.index()))
              .rope(windowed ? windowedRope : rope)
              .scale(1);
      if (layer.index() >= storing) {
        return sharing(layer, reader, windowed ? lastWindowed : lastOfAll);
      }
      AttentionSpec attention = reader.headNorms().plainValueNorms().keysMayBeValues().read();
      if (windowed) {
        lastWindowed = Optional.of(attention);
      } else {
        lastOfAll = Optional.of(attention);
      }
      return attention;
    }

    /** Converters may leave the key and value tensors that such a layer was trained without. */
    private AttentionSpec sharing(
        TensorGroup layer, AttentionSpec.Reader reader, Optional<AttentionSpec> shared) {
      if (shared.isEmpty() || !shared.get().shape().equals(shape(layer.index()))) {
        throw keys.invalid(
            SHARING,
            "leaves layer " + layer.index() + " without one whose keys it could attend to");
      }
      layer.leaveOut("attn_k");
      layer.leaveOut("attn_v");
      return reader.queryNorms().readSharing(shared.get().cacheLayer());
    }

    private AttentionShape shape(int layer) {
      String suffix = windows.has(layer) ? "_swa" : "";
      int keyLength = keys.count("attention.key_length" + suffix);
      int valueLength = keys.count("attention.value_length" + suffix);
      if (heads[layer] % kvHeads[layer] != 0) {
        throw keys.invalid(
            "attention.head_count_kv",
            "%d of layer %d does not divide the %d query heads"
                .formatted(kvHeads[layer], layer, heads[layer]));
      }
      return new AttentionShape(
          heads[layer], kvHeads[layer], keyLength, valueLength, windows.reach(layer));
    }

    private BranchSpec feedForward(TensorGroup layer) {
      NormSpec norm = layer.rmsNorm("ffn_norm");
      MixerSpec dense = FeedForwardSpec.gated(layer, hidden[layer.index()], Activation.GELU);
      if (!layer.has("ffn_gate_inp.weight")) {
        return BranchSpec.preNorm(norm, dense);
      }
      return BranchSpec.plain(
          new NormedSpec(Optional.of(norm), dense, layer.rmsNorm("post_ffw_norm_1")),
          new NormedSpec(Optional.empty(), experts(layer), layer.rmsNorm("post_ffw_norm_2")));
    }

    /** The router sees the stream normed, over the root of its length, and scaled. */
    private MixerSpec experts(TensorGroup layer) {
      int columns = layer.source().config().embeddingLength();
      float[] weight = layer.vector("ffn_gate_inp.scale", columns);
      for (int i = 0; i < columns; i++) {
        weight[i] /= (float) Math.sqrt(columns);
      }
      double epsilon = keys.positive("attention.layer_norm_rms_epsilon");
      return MixtureSpec.read(
              layer,
              ExpertRouting.read(keys),
              keys.count("expert_feed_forward_length"),
              Activation.GELU)
          .norms(new NormSpec.Rms(weight, epsilon), layer.rmsNorm("pre_ffw_norm_2"));
    }
  }
}
