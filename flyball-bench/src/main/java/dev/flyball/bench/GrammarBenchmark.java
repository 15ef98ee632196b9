package dev.flyball.bench;

import dev.flyball.engine.gguf.GgufFile;
import dev.flyball.engine.grammar.Grammar;
import dev.flyball.engine.grammar.GrammarMatcher;
import dev.flyball.engine.grammar.TokenGrammars;
import dev.flyball.engine.tokenizer.Tokenizer;
import dev.flyball.engine.tokenizer.Tokenizers;
import dev.flyball.units.TokenIds;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
 * answer over and over, whose states are known by then; {@code firstAnswer} is a whole answer of
 * {@link #TEXT} where nothing is known but the vocabulary's tree.
 *
 * <pre>{@code
 * java -cp 'flyball-bench/target/classes:flyball-bench/target/lib/*' org.openjdk.jmh.Main GrammarBenchmark
 * }</pre>
 */
@State(Scope.Benchmark)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(1)
public class GrammarBenchmark {
  private static final String TEXT =
      "{\"name\": \"Ada Lovelace\", \"age\": 36, \"tags\": [\"maths\", \"engines\"], \"note\":"
          + " \"She wrote the first program, they say.\"}";

  @Param({
    "../shared/golden/tokenizers/ggml-vocab-llama-bpe.gguf",
    "../shared/golden/tokenizers/ggml-vocab-gemma-4.gguf"
  })
  public String vocabulary = "models/fable-5m-q8_0.gguf";

  // JMH calls prepare() before any benchmark.
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
  public void prepare() {
    try (GgufFile file = GgufFile.open(Path.of(vocabulary))) {
      tokenizer = Tokenizers.from(file.metadata());
    }
    grammars = new TokenGrammars(tokenizer, tokenizer.size());
    logits = new float[tokenizer.size()];
    ids = tokenizer.encode(TEXT, false, false);
    grammar = schema(0);
    matcher = grammars.start(grammar);
  }

  /** Schemas of other numbers are other schemas. */
  private static Grammar schema(int number) {
    Map<String, Object> text = Map.of("type", "string");
    Map<String, Object> properties = new LinkedHashMap<>();
    properties.put("name", text);
    properties.put("age", Map.of("type", "integer", "minimum", 0, "maximum", 150));
    properties.put("tags", Map.of("type", "array", "items", text));
    properties.put("note", text);
    return Grammar.ofJsonSchema(
        Map.of(
            "title",
            "schema " + number,
            "type",
            "object",
            "properties",
            properties,
            "required",
            List.copyOf(properties.keySet())));
  }

  @Benchmark
  @BenchmarkMode(Mode.SampleTime)
  public float[] token() {
    if (at == ids.size()) {
      matcher = grammars.start(grammar);
      at = 0;
    }
    matcher.mask(logits);
    matcher.accept(ids.get(at++));
    return logits;
  }

  @Benchmark
  @BenchmarkMode(Mode.AverageTime)
  public float[] firstAnswer() {
    GrammarMatcher first = grammars.start(schema(++schemas));
    for (int i = 0; i < ids.size(); i++) {
      first.mask(logits);
      first.accept(ids.get(i));
    }
    return logits;
  }
}
