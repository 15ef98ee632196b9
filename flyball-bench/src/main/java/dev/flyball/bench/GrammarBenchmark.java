package dev.flyball.bench;

import dev.flyball.engine.gguf.GgufFile;
import dev.flyball.engine.grammar.Grammar;
import dev.flyball.engine.grammar.GrammarMatcher;
import dev.flyball.engine.grammar.TokenGrammars;
import dev.flyball.engine.tokenizer.Tokenizer;
import dev.flyball.engine.tokenizer.Tokenizers;
import dev.flyball.units.TokenIds;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Time that a schema adds to a token: the mask on a row of logits, and the step behind the token.
 * The goal is under 50 microseconds with 150,000 tokens. {@code token} samples single tokens of one
 * answer over and over, whose states are known by then; {@code firstAnswer} is a whole answer to a
 * schema that was prepared and never met. {@code compile} and {@code prepare} are what a request
 * with a new schema waits for before it is queued.
 *
 * <p>Single calls are sampled: what else the machine does is in their mean and hardly in their
 * median. All takes about three minutes, most of it what each of its 20 processes needs to be warm.
 *
 * <pre>{@code
 * java -cp 'flyball-bench/target/classes:flyball-bench/target/lib/*' org.openjdk.jmh.Main GrammarBenchmark
 * }</pre>
 *
 * With another vocabulary: {@code -p vocabulary=FILE.gguf}.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 2, time = 1)
@Fork(1)
public class GrammarBenchmark {
  @Param("../shared/golden/tokenizers/ggml-vocab-llama-bpe.gguf")
  public String vocabulary = "models/fable-5m-q8_0.gguf";

  @Param public BenchmarkSchema schema = BenchmarkSchema.RECORD;

  // JMH calls load() before any benchmark.
  @SuppressWarnings("NullAway.Init")
  private Tokenizer tokenizer;

  @SuppressWarnings("NullAway.Init")
  private TokenGrammars grammars;

  @SuppressWarnings("NullAway.Init")
  private GrammarMatcher matcher;

  private TokenIds ids = TokenIds.empty();
  private float[] logits = new float[0];
  private int at;
  private int schemas;
  private Grammar grammar = Grammar.json();

  /** Loads the vocabulary. */
  @Setup(Level.Trial)
  public void load() {
    try (GgufFile file = GgufFile.open(Path.of(vocabulary))) {
      tokenizer = Tokenizers.from(file.metadata());
    }
    grammars = new TokenGrammars(tokenizer, tokenizer.size());
    logits = new float[tokenizer.size()];
    ids = tokenizer.encode(schema.answer(), false, false);
    grammar = schema.grammar(0);
    grammars.prepare(grammar);
    matcher = grammars.start(grammar);
  }

  @Benchmark
  public float[] token() {
    if (at == ids.size()) {
      matcher = grammars.start(grammar);
      at = 0;
    }
    matcher.mask(logits);
    matcher.accept(ids.get(at++));
    return logits;
  }

  /** A schema that nothing is known of. */
  @State(Scope.Thread)
  public static class Unmet {
    private Grammar grammar = Grammar.json();

    /** Makes the next one. */
    @Setup(Level.Invocation)
    public void next(GrammarBenchmark all) {
      grammar = all.schema.grammar(++all.schemas);
    }
  }

  /** A schema that was prepared and that no text has followed. */
  @State(Scope.Thread)
  public static class Prepared {
    private Grammar grammar = Grammar.json();

    /** Makes the next one. */
    @Setup(Level.Invocation)
    public void next(GrammarBenchmark all) {
      grammar = all.schema.grammar(++all.schemas);
      all.grammars.prepare(grammar);
    }
  }

  @Benchmark
  public float[] firstAnswer(Prepared prepared) {
    GrammarMatcher first = grammars.start(prepared.grammar);
    for (int i = 0; i < ids.size(); i++) {
      first.mask(logits);
      first.accept(ids.get(i));
    }
    return logits;
  }

  @Benchmark
  public Grammar prepare(Unmet unmet) {
    grammars.prepare(unmet.grammar);
    return unmet.grammar;
  }

  @Benchmark
  public Grammar compile() {
    return schema.grammar(++schemas);
  }
}
