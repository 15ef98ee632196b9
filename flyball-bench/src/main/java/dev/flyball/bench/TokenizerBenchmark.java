package dev.flyball.bench;

import dev.flyball.engine.gguf.GgufFile;
import dev.flyball.engine.tokenizer.Tokenizer;
import dev.flyball.engine.tokenizer.Tokenizers;
import dev.flyball.units.TokenIds;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Time to encode one megabyte of text and to decode its ids, by vocabulary and kind of text. The
 * goal is less than a second on one core.
 *
 * <pre>{@code
 * ./mvnw -pl flyball-bench -am package -DskipTests
 * java -cp 'flyball-bench/target/classes:flyball-bench/target/lib/*' org.openjdk.jmh.Main TokenizerBenchmark
 * }</pre>
 *
 * <p>Another vocabulary: {@code -p vocabulary=/path/to/model.gguf}; one kind of text: {@code -p
 * text=PROSE}.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(1)
public class TokenizerBenchmark {
  @Param({
    "models/fable-5m-q8_0.gguf",
    "../shared/golden/tokenizers/ggml-vocab-llama-bpe.gguf",
    "../shared/golden/tokenizers/ggml-vocab-llama-spm.gguf",
    "../shared/golden/tokenizers/ggml-vocab-gemma-4.gguf"
  })
  public String vocabulary = "models/fable-5m-q8_0.gguf";

  @Param public TokenizerTexts text = TokenizerTexts.PROSE;

  // JMH calls prepare() before any benchmark.
  @SuppressWarnings("NullAway.Init")
  private Tokenizer tokenizer;

  private String content = "";
  private TokenIds ids = TokenIds.empty();

  /** Loads the vocabulary and makes the text. */
  @Setup
  public void prepare() {
    tokenizer = open(vocabulary);
    content = text.text();
    ids = tokenizer.encode(content, false, false);
  }

  private static Tokenizer open(String vocabulary) {
    try (GgufFile file = GgufFile.open(Path.of(vocabulary))) {
      return Tokenizers.from(file.metadata());
    }
  }

  @Benchmark
  public TokenIds encode() {
    return tokenizer.encode(content, false, false);
  }

  @Benchmark
  public String decode() {
    return tokenizer.decode(ids, false);
  }
}
