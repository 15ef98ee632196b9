package dev.flyball.bench;

import dev.flyball.engine.cache.KvCache;
import dev.flyball.engine.cache.KvSequence;
import dev.flyball.engine.gguf.GgufFile;
import dev.flyball.engine.gguf.GgufTensor;
import dev.flyball.engine.gguf.GgufValueType;
import dev.flyball.engine.gguf.GgufWriter;
import dev.flyball.engine.lora.LoraFile;
import dev.flyball.engine.model.Adapter;
import dev.flyball.engine.model.AdapterMix;
import dev.flyball.engine.model.Batch;
import dev.flyball.engine.model.Batch.RowOutput;
import dev.flyball.engine.model.LanguageModel;
import dev.flyball.engine.model.ModelOptions;
import dev.flyball.engine.model.ModelOptions.Precision;
import dev.flyball.engine.model.family.ModelFamilies;
import dev.flyball.kernels.TensorType;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * Time of a decode step of some sequences with no adapters and with several, in turn: {@code
 * AdapterRun MODEL RANK SEQUENCES ROUNDS ADAPTERS...}. The adapters are random, in halves, of all
 * matrices of attention and dense layers; sequences take them by turns.
 */
public final class AdapterRun {
  private static final int STEPS = 8;

  private final LanguageModel model;
  private final int sequences;

  private AdapterRun(LanguageModel model, int sequences) {
    this.model = model;
    this.sequences = sequences;
  }

  /** Measures and prints a table. */
  public static void main(String[] args) throws IOException {
    Path base = Path.of(args[0]);
    int rank = Integer.parseInt(args[1]);
    int rounds = Integer.parseInt(args[3]);
    int[] counts = Arrays.stream(args).skip(4).mapToInt(Integer::parseInt).toArray();
    Path folder = Files.createTempDirectory("flyball-adapters");
    List<Adapter> adapters = new ArrayList<>();
    ModelOptions options = new ModelOptions(0, 256, Precision.FAST);
    try (LanguageModel model = ModelFamilies.load(GgufFile.open(base), options)) {
      for (int i = 0; i < Arrays.stream(counts).max().orElse(0); i++) {
        adapters.add(adapter(model, base, folder.resolve(i + ".gguf"), rank));
      }
      AdapterRun run = new AdapterRun(model, Integer.parseInt(args[2]));
      run.measure(adapters, counts, rounds, System.out);
      adapters.forEach(Adapter::close);
    } finally {
      Files.delete(folder);
    }
  }

  private static Adapter adapter(LanguageModel model, Path base, Path file, int rank)
      throws IOException {
    write(base, file, rank);
    try (LoraFile lora = LoraFile.open(file)) {
      return model.adapter(lora);
    } finally {
      Files.delete(file);
    }
  }

  private static void write(Path base, Path target, int rank) {
    try (GgufFile file = GgufFile.open(base)) {
      GgufWriter writer =
          new GgufWriter()
              .putString("general.architecture", file.metadata().architecture())
              .putString("general.type", "adapter")
              .putString("adapter.type", "lora")
              .putNumber("adapter.lora.alpha", GgufValueType.FLOAT32, rank);
      for (GgufTensor tensor : file.tensors()) {
        if (tensor.shape().size() == 2 && tensor.name().startsWith("blk.")) {
          add(writer, tensor.name() + ".lora_a", tensor.rowLength(), rank);
          add(writer, tensor.name() + ".lora_b", rank, tensor.rows());
        }
      }
      writer.write(target);
    }
  }

  /** Small halves of either sign. */
  private static void add(GgufWriter writer, String name, long columns, long rows) {
    byte[] halves = new byte[Math.toIntExact(2 * columns * rows)];
    new Random(name.hashCode()).nextBytes(halves);
    for (int i = 1; i < halves.length; i += 2) {
      halves[i] = (byte) ((halves[i] & 0x80) | 0x20);
    }
    writer.addTensor(name, TensorType.F16, List.of(columns, rows), halves);
  }

  private void measure(List<Adapter> adapters, int[] counts, int rounds, PrintStream out) {
    double[][] millis = new double[counts.length][rounds];
    try (KvCache cache = model.newCache(32L * 32 * sequences)) {
      for (int round = -1; round < rounds; round++) {
        for (int i = 0; i < counts.length; i++) {
          double time = stepMillis(cache, adapters.subList(0, counts[i]));
          if (round >= 0) {
            millis[i][round] = time;
          }
        }
      }
    }
    for (int i = 0; i < counts.length; i++) {
      Arrays.sort(millis[i]);
      out.printf(
          Locale.ROOT,
          "%d adapters: median %.2f ms a step of %d sequences, least %.2f%n",
          counts[i],
          millis[i][rounds / 2],
          sequences,
          millis[i][0]);
    }
  }

  private double stepMillis(KvCache cache, List<Adapter> adapters) {
    List<KvSequence> open = new ArrayList<>();
    List<AdapterMix> mixes = new ArrayList<>();
    for (int i = 0; i < sequences; i++) {
      open.add(cache.tryReserve(STEPS + 1).orElseThrow());
      mixes.add(
          adapters.isEmpty()
              ? AdapterMix.NONE
              : new AdapterMix(List.of(new AdapterMix.Part(adapters.get(i % adapters.size()), 1))));
    }
    Batch batch = new Batch(model.maxBatchTokens());
    step(batch, open, mixes);
    long start = System.nanoTime();
    for (int i = 0; i < STEPS; i++) {
      step(batch, open, mixes);
    }
    double millis = (System.nanoTime() - start) / 1e6 / STEPS;
    open.forEach(KvSequence::discard);
    return millis;
  }

  private void step(Batch batch, List<KvSequence> open, List<AdapterMix> mixes) {
    batch.clear();
    for (int i = 0; i < open.size(); i++) {
      batch.add(open.get(i), 100 + i, RowOutput.LOGITS, mixes.get(i));
    }
    model.forward(batch);
    batch.computed();
  }
}
