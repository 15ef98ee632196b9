package dev.flyball.engine.vision;

import dev.flyball.engine.EngineError;
import dev.flyball.engine.EngineException;
import dev.flyball.engine.cache.CacheType;
import dev.flyball.engine.cache.KvCache;
import dev.flyball.engine.cache.KvSequence;
import dev.flyball.engine.cache.KvShape;
import dev.flyball.engine.gguf.GgufFile;
import dev.flyball.engine.model.Arithmetics;
import dev.flyball.engine.model.Batch;
import dev.flyball.engine.model.Batch.RowOutput;
import dev.flyball.engine.model.Decoder;
import dev.flyball.engine.model.EmbeddedSpan;
import dev.flyball.engine.model.LanguageModel;
import dev.flyball.engine.model.ModelOptions;
import dev.flyball.engine.model.Step;
import dev.flyball.engine.model.StepOutput;
import dev.flyball.kernels.WorkerTeam;
import java.nio.file.Path;

/**
 * A loaded projector: makes vectors for a text model of pictures. Its weights are immutable; {@link
 * #encode} uses scratch memory of its own and is to be called by one thread at a time.
 */
final class VisionModel implements AutoCloseable {
  private final VisionSpec spec;
  private final LanguageModel tower;
  private final Batch batch;
  private final WorkerTeam team;
  private final PatchEmbedding patches;
  private final PooledProjection projection;

  private VisionModel(VisionSpec spec, LanguageModel tower, int threads) {
    this.spec = spec;
    this.tower = tower;
    batch = new Batch(tower.maxBatchTokens());
    team = new WorkerTeam("flyball-vision", threads);
    patches = new PatchEmbedding(spec, team);
    projection = new PooledProjection(spec, team);
  }

  /**
   * Loads a projector's file, whose weights stay in its memory.
   *
   * @param textColumns values of a vector of the text model
   * @throws EngineException as {@link VisionSpec#read}, and FILE_UNREADABLE; UNSUPPORTED_MODEL
   *     where the projector is for another text model
   */
  static VisionModel load(
      Path path, String textArchitecture, int textColumns, ModelOptions wanted) {
    GgufFile file = GgufFile.open(path);
    try {
      VisionSpec spec = VisionSpec.read(file, wanted);
      requireFits(path, spec, textArchitecture, textColumns);
      // Keys and values that no later step reads need no saving.
      ModelOptions options =
          wanted
              .withCacheType(CacheType.AUTOMATIC)
              .withMaxBatchTokens(spec.tower().config().contextLength());
      Step step = new Step(options, spec.tower().maxColumns());
      try {
        KvShape cache =
            new KvShape(spec.tower().cacheLayers(), 0, Arithmetics.storage(options, false));
        return new VisionModel(
            spec, new Decoder(file, spec.tower(), cache, step), options.threads());
      } catch (RuntimeException | Error e) {
        step.close();
        throw e;
      }
    } catch (RuntimeException | Error e) {
      file.close();
      throw e;
    }
  }

  static void requireFits(Path path, VisionSpec spec, String textArchitecture, int textColumns) {
    if (!textArchitecture.equals(VisionSpec.TEXT_ARCHITECTURE)) {
      throw new EngineException(
          EngineError.UNSUPPORTED_MODEL,
          "%s: the projector is for models of architecture \"%s\", but the model's is \"%s\""
              .formatted(path, VisionSpec.TEXT_ARCHITECTURE, textArchitecture));
    }
    if (spec.textColumns() != textColumns) {
      throw new EngineException(
          EngineError.UNSUPPORTED_MODEL,
          "%s: the projector makes vectors of %d values, but the model's have %d: they are not of one model"
              .formatted(path, spec.textColumns(), textColumns));
    }
  }

  VisionSpec spec() {
    return spec;
  }

  /** The vectors of a picture: (tokens, text columns), a new array. */
  float[] encode(Picture picture) {
    Picture square = PictureScaler.toSquare(picture, spec.side());
    int count = spec.tower().config().contextLength();
    EmbeddedSpan embedded = new EmbeddedSpan(0, count, patches.embed(square));
    try (KvCache cache = tower.newCache(count);
        KvSequence sequence = cache.tryReserve(count).orElseThrow()) {
      batch.clear();
      for (int i = 0; i < count; i++) {
        batch.addEmbedded(sequence, i, i, embedded, RowOutput.HIDDEN);
      }
      StepOutput output = tower.forward(batch);
      return projection.project(output.values(0), output.offset(0));
    }
  }

  @Override
  public void close() {
    team.close();
    tower.close();
  }
}
