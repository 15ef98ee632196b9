package dev.flyball.engine.sample;

import dev.flyball.units.TokenIds;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The sampler's rules as plainly as they can be written: everything sorted, probabilities in full,
 * the past as a list. The oracle of {@link Sampler}.
 */
final class SlowSampler {
  private final SamplingParams params;
  private final List<Integer> prompt;
  private final List<Integer> output = new ArrayList<>();

  SlowSampler(SamplingParams params, TokenIds prompt) {
    this.params = params;
    this.prompt = prompt.stream().boxed().toList();
  }

  int next(float[] row, long noise) {
    float[] logits = penalised(row);
    List<Integer> order = new ArrayList<>();
    for (int id = 0; id < logits.length; id++) {
      order.add(id);
    }
    order.sort(
        Comparator.comparingDouble((Integer id) -> 0.0 - logits[id]).thenComparing(id -> id));
    int token =
        params.temperature() == 0
            ? order.getFirst()
            : draw(survivors(order, logits), logits, noise);
    output.add(token);
    return token;
  }

  private float[] penalised(float[] row) {
    float[] logits = row.clone();
    params.logitBias().forEach((id, bias) -> logits[id] = (float) (logits[id] + bias));
    List<Integer> seen = new ArrayList<>(prompt);
    seen.addAll(output);
    seen = seen.subList(Math.max(0, seen.size() - 4096), seen.size());
    for (int id : seen.stream().distinct().toList()) {
      double penalty = params.repetitionPenalty();
      logits[id] = (float) (logits[id] > 0 ? logits[id] / penalty : logits[id] * penalty);
    }
    for (int id : output.stream().distinct().toList()) {
      long times = output.stream().filter(other -> other == id).count();
      double taken = params.frequencyPenalty() * times + params.presencePenalty();
      logits[id] = (float) (logits[id] - taken);
    }
    return logits;
  }

  private List<Integer> survivors(List<Integer> order, float[] logits) {
    double[] all = softmax(order, logits);
    List<Integer> kept = new ArrayList<>();
    for (int i = 0; i < order.size(); i++) {
      boolean probable = all[i] >= params.minP() * all[0] * (1 - 1e-12);
      boolean among = params.topK() == 0 || i < params.topK();
      if (probable && among) {
        kept.add(order.get(i));
      }
    }
    double[] rest = softmax(kept, logits);
    double sum = 0;
    int count = 0;
    while (count < kept.size() && (params.topP() == 1 || sum < params.topP())) {
      sum += rest[count++];
    }
    return kept.subList(0, count);
  }

  /** Each token comes after an exponentially distributed time of its own; the first one wins. */
  private int draw(List<Integer> kept, float[] logits, long noise) {
    List<Integer> byId = kept.stream().sorted().toList();
    double[] probabilities = softmax(byId, logits);
    int first = -1;
    double earliest = Double.POSITIVE_INFINITY;
    for (int i = 0; i < byId.size(); i++) {
      double time = time(byId.get(i), noise) / probabilities[i];
      if (first < 0 || time < earliest) {
        earliest = time;
        first = byId.get(i);
      }
    }
    return first;
  }

  /** When a token of weight 1 comes: all those of its block before it are gone through. */
  private static double time(int id, long noise) {
    int block = id / 128;
    long seed = SplitMix64.number(noise, block);
    List<Integer> waiting =
        new ArrayList<>(IntStream.range(0, 128).mapToObj(i -> block * 128 + i).toList());
    double time = -Math.log(SplitMix64.unit(noise, block)) / 128;
    int number = 0;
    while (true) {
      int place =
          (int) Math.unsignedMultiplyHigh(SplitMix64.number(seed, number++), waiting.size());
      int next = waiting.get(place);
      if (next == id) {
        return time;
      }
      waiting.set(place, waiting.getFirst());
      waiting.removeFirst();
      time -= Math.log(SplitMix64.unit(seed, number++)) / waiting.size();
    }
  }

  private double[] softmax(List<Integer> ids, float[] logits) {
    double max = ids.stream().mapToDouble(id -> logits[id]).max().orElseThrow();
    double[] shares =
        ids.stream()
            .mapToDouble(id -> Math.exp((logits[id] - max) / params.temperature()))
            .toArray();
    double sum = 0;
    for (double share : shares) {
      sum += share;
    }
    for (int i = 0; i < shares.length; i++) {
      shares[i] /= sum;
    }
    return shares;
  }
}
