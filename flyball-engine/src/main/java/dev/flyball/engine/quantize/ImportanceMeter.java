package dev.flyball.engine.quantize;

import dev.flyball.engine.cache.KvCache;
import dev.flyball.engine.cache.KvSequence;
import dev.flyball.engine.evaluate.TextWindows;
import dev.flyball.engine.gguf.GgufFile;
import dev.flyball.engine.gguf.GgufTensor;
import dev.flyball.engine.model.Batch;
import dev.flyball.engine.model.Batch.RowOutput;
import dev.flyball.engine.model.LanguageModel;
import dev.flyball.engine.model.arithmetic.InputObserver;
import dev.flyball.kernels.StoredMatrix;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Finds out how much columns of a model's matrices matter, by the method of {@code llama-imatrix}:
 * a text is read in windows, and the squares of what matrices of layers are multiplied by are added
 * up. Not thread-safe.
 */
public final class ImportanceMeter implements InputObserver {
  private static final String LAYERS = "blk.";

  private final List<Meter> meters = new ArrayList<>();

  /** By the address of a matrix. */
  private final Map<Long, Optional<Place>> places = new HashMap<>();

  private int chunkTokens;
  private int chunks;

  /** Hears how many windows are read, on the calling thread. */
  @FunctionalInterface
  public interface Progress {
    /** The last call has both numbers equal. */
    void read(int windows, int of);
  }

  /** The sums of one tensor, matrix after matrix. */
  private static final class Meter {
    private final GgufTensor tensor;
    private final int columns;
    private final float[] squares;
    private final long[] counts;

    Meter(GgufTensor tensor) {
      this.tensor = tensor;
      int matrices = tensor.shape().size() < 3 ? 1 : Math.toIntExact(tensor.shape().get(2));
      columns = Math.toIntExact(tensor.rowLength());
      squares = new float[Math.multiplyExact(matrices, columns)];
      counts = new long[matrices];
    }

    void add(int matrix, float[] x, int offset) {
      int to = matrix * columns;
      for (int i = 0; i < columns; i++) {
        squares[to + i] += x[offset + i] * x[offset + i];
      }
      counts[matrix]++;
    }
  }

  private record Place(Meter meter, int matrix) {}

  /**
   * @param file of the model that will be observed
   */
  public ImportanceMeter(GgufFile file) {
    for (GgufTensor tensor : file.tensors()) {
      if (tensor.name().startsWith(LAYERS) && TensorRole.mayBeQuantized(tensor)) {
        meters.add(new Meter(tensor));
      }
    }
  }

  /** Where a matrix begins a tensor, or one of the matrices of a tensor, it is seen. */
  private Optional<Place> place(StoredMatrix matrix) {
    for (Meter meter : meters) {
      long offset = matrix.data().address() - meter.tensor.data().address();
      long matrixBytes = meter.tensor.data().byteSize() / meter.counts.length;
      if (offset >= 0 && offset < meter.tensor.data().byteSize() && offset % matrixBytes == 0) {
        return Optional.of(new Place(meter, (int) (offset / matrixBytes)));
      }
    }
    return Optional.empty();
  }

  @Override
  public void multiplied(StoredMatrix matrix, float[] x, int offset) {
    places
        .computeIfAbsent(matrix.data().address(), _ -> place(matrix))
        .ifPresent(place -> place.meter().add(place.matrix(), x, offset));
  }

  /**
   * Lets a model read a text.
   *
   * @param model loaded from the file, with this as its observer
   */
  public void read(LanguageModel model, TextWindows text, Progress progress) {
    chunkTokens = text.windowTokens();
    Batch batch = new Batch(model.maxBatchTokens());
    for (int window = 0; window < text.windows(); window++) {
      try (KvCache cache = model.newCache(chunkTokens);
          KvSequence sequence = cache.tryReserve(chunkTokens).orElseThrow()) {
        for (int from = 0; from < chunkTokens; from += batch.capacity()) {
          batch.clear();
          int end = Math.min(chunkTokens, from + batch.capacity());
          for (int i = from; i < end; i++) {
            batch.add(sequence, text.token(window, i), RowOutput.HIDDEN);
          }
          model.forward(batch);
        }
      }
      chunks++;
      progress.read(window + 1, text.windows());
    }
  }

  /**
   * What was found.
   *
   * @param dataset a name for the text
   */
  public ImportanceMatrix result(String dataset) {
    Map<String, ImportanceMatrix.Sums> sums = new HashMap<>();
    for (Meter meter : meters) {
      long met = 0;
      for (long count : meter.counts) {
        met += count;
      }
      if (met > 0) {
        sums.put(
            meter.tensor.name(),
            new ImportanceMatrix.Sums(meter.squares.clone(), meter.counts.clone()));
      }
    }
    return ImportanceMatrix.of(sums, dataset, chunkTokens, chunks);
  }
}
