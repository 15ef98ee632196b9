package dev.flyball.engine;

import dev.flyball.units.TokenIds;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/** Keeps what a generation reported. */
class RecordingListener implements GenerationListener {
  private final List<GenerationDelta> deltas = Collections.synchronizedList(new ArrayList<>());
  private final List<GenerationResult> results = Collections.synchronizedList(new ArrayList<>());
  private final List<EngineException> failures = Collections.synchronizedList(new ArrayList<>());
  private final CountDownLatch over = new CountDownLatch(1);

  @Override
  public void onDelta(GenerationDelta delta) {
    if (over.getCount() == 0) {
      throw new AssertionError("a delta after the end");
    }
    deltas.add(delta);
  }

  @Override
  public void onEnd(GenerationResult result) {
    results.add(result);
    over.countDown();
  }

  @Override
  public void onFailure(EngineException failure) {
    failures.add(failure);
    over.countDown();
  }

  /** The result, once it is there. */
  GenerationResult result() {
    await();
    if (!failures.isEmpty()) {
      throw new AssertionError("the generation failed", failures.getFirst());
    }
    return results.getFirst();
  }

  /** The failure, once it is there. */
  EngineException failure() {
    await();
    if (failures.isEmpty()) {
      throw new AssertionError("the generation ended with " + results);
    }
    return failures.getFirst();
  }

  /** How often an end was reported; must be 1. */
  int endings() {
    await();
    return results.size() + failures.size();
  }

  String text() {
    return String.join("", deltas().stream().map(GenerationDelta::text).toList());
  }

  TokenIds tokens() {
    IntStream ids = deltas().stream().flatMapToInt(delta -> delta.tokens().stream());
    return TokenIds.of(ids.toArray());
  }

  List<GenerationDelta> deltas() {
    synchronized (deltas) {
      return List.copyOf(deltas);
    }
  }

  private void await() {
    try {
      if (!over.await(60, TimeUnit.SECONDS)) {
        throw new AssertionError("no end within a minute; text so far: " + text());
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
