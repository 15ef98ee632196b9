package dev.flyball.engine;

import dev.flyball.engine.sample.SamplingParams;
import dev.flyball.engine.speculate.SpeculationMode;
import dev.flyball.engine.speculate.Speculator;
import dev.flyball.engine.tokenizer.Tokenizer;
import dev.flyball.units.TokenIds;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;

/** An engine over {@link TestModel}, with a clock that moves when told to. */
final class TestEngine implements AutoCloseable {
  static final int CONTEXT = 40;

  final TestModel model;
  final TestCache cache;
  final AtomicLong nanos = new AtomicLong();
  final LocalEngine engine;

  TestEngine(TestModel model, int maxRunning, int maxWaiting) {
    this(model, new TestTokenizer(), maxRunning, maxWaiting);
  }

  TestEngine(TestModel model, Tokenizer tokenizer, int maxRunning, int maxWaiting) {
    this(model, tokenizer, 3L * CONTEXT, new EngineOptions(0, maxRunning, maxWaiting, 1));
  }

  TestEngine(TestModel model, Tokenizer tokenizer, long cacheTokens, EngineOptions options) {
    this(model, tokenizer, cacheTokens, options, guessing());
  }

  TestEngine(
      TestModel model,
      Tokenizer tokenizer,
      long cacheTokens,
      EngineOptions options,
      Speculator speculator) {
    this.model = model;
    cache = new TestCache(cacheTokens);
    engine =
        new LocalEngine(
            new ModelInfo("test", "test", "F32", 0, 0, CONTEXT, 100, 2),
            tokenizer,
            Optional.empty(),
            model,
            cache,
            speculator,
            options,
            nanos::get,
            () -> 7);
  }

  /** Guesses by what a text repeats. */
  static Speculator guessing() {
    return new Speculator(SpeculationMode.AUTO, 2, Optional.empty());
  }

  static TestEngine open() {
    return new TestEngine(new TestModel(), 4, 64);
  }

  static GenerationRequest greedy(String prompt, int maxTokens, String... stop) {
    return request(prompt, SamplingParams.GREEDY, maxTokens, List.of(stop), false);
  }

  static GenerationRequest request(
      String prompt, SamplingParams sampling, int maxTokens, List<String> stop, boolean ignoreEos) {
    TokenIds ids = new TestTokenizer().encode(prompt, false, false);
    return new GenerationRequest(
        "r-" + prompt, ids, sampling, maxTokens, stop, ignoreEos, false, 0);
  }

  static SamplingParams seeded(long seed) {
    return new SamplingParams(0.9, 12, 0.95, 0, 1.1, 0, 0, Map.of(), OptionalLong.of(seed));
  }

  /** What the model says greedily after a prompt, computed without the engine. */
  static String greedyText(String prompt, int tokens) {
    List<Integer> ids =
        new ArrayList<>(new TestTokenizer().encode(prompt, false, false).stream().boxed().toList());
    for (int i = 0; i < tokens; i++) {
      int n = ids.size();
      float[] row =
          TestModel.logits(ids.get(n - 1), n > 1 ? ids.get(n - 2) : 0, n > 2 ? ids.get(n - 3) : 0);
      int best = 0;
      for (int id = 1; id < row.length; id++) {
        best = row[id] > row[best] ? id : best;
      }
      ids.add(best);
    }
    int[] output = ids.stream().skip(prompt.length()).mapToInt(id -> id).toArray();
    return new TestTokenizer().decode(TokenIds.of(output), false);
  }

  /** Runs a request to its end. */
  RecordingListener run(GenerationRequest request) {
    RecordingListener listener = new RecordingListener();
    submit(request, listener);
    listener.endings();
    return listener;
  }

  Generation submit(GenerationRequest request, GenerationListener listener) {
    return switch (engine.submit(request, listener)) {
      case Submission.Accepted(Generation generation) -> generation;
      case Submission.QueueFull full -> throw new AssertionError(full);
      case Submission.TooLate tooLate -> throw new AssertionError(tooLate);
      case Submission.ContextLengthExceeded exceeded -> throw new AssertionError(exceeded);
      case Submission.NotGenerative refused -> throw new AssertionError(refused);
      case Submission.UnknownAdapter unknown -> throw new AssertionError(unknown);
      case Submission.UnknownToken unknown -> throw new AssertionError(unknown);
    };
  }

  /** Closes the engine and checks that everything was given back. */
  @Override
  public void close() {
    engine.close();
    long tokensHeld = cache.usedTokens() + cache.reservedTokens();
    if (tokensHeld != 0 || !cache.closed() || !model.closed()) {
      throw new AssertionError("memory leaked: " + tokensHeld + " tokens held or reserved");
    }
    EngineLoad load = engine.load();
    if (load.running() != 0 || load.waiting() != 0) {
      throw new AssertionError("requests leaked: " + load);
    }
  }
}
