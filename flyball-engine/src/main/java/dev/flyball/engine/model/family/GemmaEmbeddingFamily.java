package dev.flyball.engine.model.family;

import dev.flyball.engine.model.AttentionShape;
import dev.flyball.engine.model.DecoderSpec;
import dev.flyball.engine.model.EmbeddingTerms;
import dev.flyball.engine.model.ModelSource;
import dev.flyball.engine.model.Reach;
import java.util.List;

/**
 * EmbeddingGemma (arXiv:2509.20354): the layers of Gemma 3, whose tokens see those behind them,
 * too; five layers of six see a window to both sides and rotate by a base of their own.
 */
final class GemmaEmbeddingFamily implements ModelFamily {
  @Override
  public List<String> architectures() {
    return List.of("gemma-embedding");
  }

  @Override
  public DecoderSpec read(ModelSource source) {
    AttentionShape shape = source.wholeTextShape();
    double scale = 1 / Math.sqrt(shape.keyLength());
    return source
        .encoder(
            EmbeddingTerms.NONE,
            source.branches(Gemma3Family.layers(source, shape, Reach.Around::new, scale)),
            source.root().rmsNorm("output_norm"))
        .embeddingScale(Math.sqrt(source.config().embeddingLength()));
  }
}
