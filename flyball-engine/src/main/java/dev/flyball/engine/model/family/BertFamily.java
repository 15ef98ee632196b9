package dev.flyball.engine.model.family;

import dev.flyball.engine.model.AttentionShape;
import dev.flyball.engine.model.AttentionSpec;
import dev.flyball.engine.model.BranchSpec;
import dev.flyball.engine.model.DecoderSpec;
import dev.flyball.engine.model.EmbeddingTerms;
import dev.flyball.engine.model.FeedForwardSpec;
import dev.flyball.engine.model.HyperParameters;
import dev.flyball.engine.model.MixerSpec;
import dev.flyball.engine.model.ModelSource;
import dev.flyball.engine.model.RopeSpec;
import dev.flyball.engine.model.TensorGroup;
import dev.flyball.engine.model.arithmetic.Activation;
import dev.flyball.engine.model.arithmetic.NormSpec;
import dev.flyball.engine.model.arithmetic.RopePairs;
import dev.flyball.engine.model.experts.ExpertRouting;
import dev.flyball.engine.model.experts.ExpertRouting.Weighing;
import dev.flyball.engine.model.experts.MixtureSpec;
import java.util.List;

/**
 * Encoders: BERT (arXiv:1810.04805) with learned positions, Nomic's BERT (arXiv:2402.01613) with
 * rotated ones and gated networks, its second version (arXiv:2502.07972) with experts in every
 * other layer, and Jina's third (arXiv:2409.10173). All norm behind each addition. RoBERTa and
 * XLM-RoBERTa models are files of architecture {@code bert}, too, and cross-encoders those with a
 * classification head.
 */
final class BertFamily implements ModelFamily {
  @Override
  public List<String> architectures() {
    return List.of("bert", "jina-bert-v3", "nomic-bert", "nomic-bert-moe");
  }

  @Override
  public DecoderSpec read(ModelSource source) {
    AttentionShape shape = source.wholeTextShape();
    boolean rotated = !source.keys().architecture().equals("bert");
    List<RopeSpec> rope =
        rotated ? List.of(RopeSpec.read(source, RopePairs.HALVES, shape.keyLength())) : List.of();
    List<BranchSpec> branches =
        source.branches(
            layer -> {
              AttentionSpec.Reader attention = AttentionSpec.of(layer, shape);
              rope.forEach(attention::rope);
              return List.of(
                  BranchSpec.onNormed(normBefore(layer), attention.read()),
                  BranchSpec.onNormed(layer.layerNorm("attn_output_norm"), network(layer)));
            });
    return source.encoder(
        EmbeddingTerms.read(source, !rotated),
        branches,
        source.layer(source.config().layers() - 1).layerNorm("layer_output_norm"));
  }

  /** What norms the stream behind the embedding, or behind the layer before. */
  private static NormSpec normBefore(TensorGroup layer) {
    ModelSource source = layer.source();
    return layer.index() == 0
        ? source.root().layerNorm("token_embd_norm")
        : source.layer(layer.index() - 1).layerNorm("layer_output_norm");
  }

  private static MixerSpec network(TensorGroup layer) {
    HyperParameters keys = layer.source().keys();
    int mixed = keys.countOrNone("moe_every_n_layers");
    if (mixed > 0 && layer.index() % mixed == 1) {
      ExpertRouting routing = ExpertRouting.read(keys).weighing(Weighing.SOFTMAX, false, 1);
      int hidden = keys.count("feed_forward_length");
      return MixtureSpec.readUngated(layer, routing, hidden, Activation.GELU);
    }
    return keys.architecture().equals("nomic-bert")
        ? FeedForwardSpec.gated(layer, Activation.SILU)
        : FeedForwardSpec.ungated(layer, Activation.GELU);
  }
}
