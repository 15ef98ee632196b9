package dev.flyball.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.flyball.kernels.simd.InstructionSet;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The commands over the demo model, in this process. */
class CommandsTest {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  @TempDir Path home;

  @Test
  void versionNamesProgramAndJava() {
    CommandLineRun run = run("--version");

    assertThat(run.status()).isZero();
    assertThat(run.out()).startsWith("flyball 0.").contains("Java " + Runtime.version());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "run",
        "chat",
        "serve",
        "pull",
        "list",
        "ps",
        "rm",
        "inspect",
        "bench",
        "load",
        "synth",
        "quantize",
        "imatrix",
        "calibrate",
        "perplexity",
        "tokenize",
        "template",
        "logits",
        "generate-completion"
      })
  void everyCommandHasHelp(String command) {
    CommandLineRun run = run(command, "--help");

    assertThat(run.status()).isZero();
    assertThat(run.out()).startsWith("Usage: flyball " + command);
    assertThat(run.err()).isEmpty();
  }

  @Test
  void withoutACommandTheUsageIsShown() {
    CommandLineRun run = run();

    assertThat(run.status()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).startsWith("Usage: flyball").contains("serve");
  }

  @Test
  void wrongUsageIsStatusTwoWithoutStackTrace() {
    CommandLineRun run = run("run", "--no-such-option");

    assertThat(run.status()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).startsWith("flyball: ").contains("--help").doesNotContain("\tat ");
  }

  @Test
  void missingFileIsStatusOneWithOneLine() {
    CommandLineRun run = run("run", "folder/nothing.gguf", "hello");

    assertThat(run.status()).isEqualTo(1);
    assertThat(run.err().lines()).hasSize(1);
    assertThat(run.err()).contains("nothing.gguf").startsWith("flyball: ");
  }

  @Test
  void debugVariableShowsWhereItFailed() {
    CommandLineRun run =
        CommandLineRun.of(home, Map.of("FLYBALL_DEBUG", "1"), "", "run", "a/nothing.gguf", "x");

    assertThat(run.err()).contains("\tat dev.flyball.cli");
  }

  @Test
  void fileThatIsNoModelIsToldSo() throws IOException {
    Path file = Files.writeString(home.resolve("text.gguf"), "this is a text, no model at all");

    CommandLineRun run = run("inspect", file.toString());

    assertThat(run.status()).isEqualTo(1);
    assertThat(run.err().lines()).hasSize(1);
    assertThat(run.err()).contains("text.gguf");
  }

  @Test
  void sameSeedTellsTheSameStory() {
    String[] arguments = {"run", "fable-5m", "--seed", "7", "-n", "24", "Tell me a story."};

    CommandLineRun first = run(arguments);

    assertThat(first.status()).as(first.err()).isZero();
    assertThat(first.err()).isEmpty();
    assertThat(first.out().strip()).hasSizeGreaterThan(20);
    assertThat(run(arguments).out()).isEqualTo(first.out());
  }

  @Test
  void promptComesFromStandardInputToo() {
    String[] options = {"--temperature", "0", "-n", "8"};
    CommandLineRun typed =
        run("run", "fable-5m", options[0], options[1], options[2], options[3], "A fox");
    CommandLineRun piped =
        CommandLineRun.of(
            home,
            Map.of(),
            "A fox\n",
            "run",
            "fable-5m",
            options[0],
            options[1],
            options[2],
            options[3]);

    assertThat(piped.out()).isNotBlank().isEqualTo(typed.out());
  }

  @Test
  void rawPromptIsContinuedWithoutTemplate() {
    CommandLineRun raw =
        run("run", "fable-5m", "--raw", "--temperature", "0", "-n", "8", "Once upon a");

    assertThat(raw.out()).startsWith(" time");
  }

  @Test
  void emptyPromptIsRefused() {
    CommandLineRun run = run("run", "fable-5m", "--raw");

    assertThat(run.status()).isEqualTo(1);
    assertThat(run.err()).contains("prompt is empty");
  }

  @Test
  void promptBeyondTheContextIsRefusedWithFigures() {
    CommandLineRun run = run("run", "fable-5m", "--context", "16", "word ".repeat(200));

    assertThat(run.status()).isEqualTo(1);
    assertThat(run.err()).contains("tokens").contains("16").contains("--context");
  }

  @Test
  void valueOutOfRangeIsAUsageError() {
    CommandLineRun run = run("run", "fable-5m", "--top-p", "7", "hello");

    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err()).contains("top_p").doesNotContain("fault of flyball");
  }

  @Test
  void damagedDemoModelIsLaidOutAnew() throws IOException {
    run("list");
    Path file = home.resolve("demo/fable-5m.gguf");
    byte[] damaged = Files.readAllBytes(file);
    damaged[100_000] ^= 1;
    Files.write(file, damaged);

    run("list");

    assertThat(file).hasSameBinaryContentAs(CommandLineRun.DEMO_MODEL);
  }

  @Test
  void tokenizeGivesIdsAsJson() throws IOException {
    CommandLineRun run = run("tokenize", "fable-5m", "Once upon", "--json");

    assertThat(json(run)).isEqualTo(MAPPER.readTree("{\"ids\":[1889,744]}"));
  }

  @Test
  void tokenizeReadsControlTokensOnlyWhenAsked() throws IOException {
    CommandLineRun asText = run("tokenize", "fable-5m", "<|end|>", "--json");
    CommandLineRun asToken = run("tokenize", "fable-5m", "<|end|>", "--json", "--parse-special");

    assertThat(json(asText).path("ids").size()).isGreaterThan(1);
    assertThat(json(asToken)).isEqualTo(MAPPER.readTree("{\"ids\":[2047]}"));
  }

  @Test
  void tokenizeTakesStandardInputToItsLastByte() throws IOException {
    CommandLineRun argument = run("tokenize", "fable-5m", "a\n\n", "--json", "--no-bos");
    CommandLineRun piped =
        CommandLineRun.of(home, Map.of(), "a\n\n", "tokenize", "fable-5m", "-", "--json");

    assertThat(json(piped)).isEqualTo(json(argument));
  }

  @Test
  void templateRendersAListOfMessages() throws IOException {
    Path file = write("talk.json", "[{\"role\":\"user\",\"content\":\"Hi\"}]");

    CommandLineRun run = run("template", "fable-5m", file.toString(), "--json");

    assertThat(json(run).path("text").asText()).isEqualTo("<|user|>\nHi<|end|>\n<|assistant|>\n");
  }

  @Test
  void templateSeesVariablesOfTheConversationAndTheGivenTime() throws IOException {
    Path jinja =
        write(
            "t.jinja", "{{ bos_token }}{{ messages|length }} {{ strftime_now('%Y-%m-%d %H:%M') }}");
    Path file = write("talk.json", "{\"messages\":[],\"bos_token\":\"<s>\"}");

    CommandLineRun run =
        run("template", jinja.toString(), file.toString(), "--now", "2026-11-21 09:30", "--json");

    assertThat(json(run).path("text").asText()).isEqualTo("<s>0 2026-11-21 09:30");
  }

  @Test
  void refusalOfATemplateIsStatusOneWithItsMessage() throws IOException {
    Path jinja = write("t.jinja", "{{ raise_exception('roles must alternate') }}");
    Path file = write("talk.json", "[]");

    CommandLineRun run = run("template", jinja.toString(), file.toString(), "--json");

    assertThat(run.status()).isEqualTo(1);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).contains("roles must alternate");
  }

  @Test
  void logitsAreGivenWholeAsLittleEndianFloats() throws IOException {
    JsonNode full =
        json(run("logits", "fable-5m", "--ids", "1889,744", "--full", "--greedy", "3", "--json"));

    ByteBuffer bytes =
        ByteBuffer.wrap(Base64.getDecoder().decode(full.path("logits").asText()))
            .order(ByteOrder.LITTLE_ENDIAN);
    JsonNode best = full.path("top").path(0);
    assertThat(bytes.remaining()).isEqualTo(2048 * Float.BYTES);
    assertThat(bytes.getFloat(best.path(0).asInt() * Float.BYTES))
        .isEqualTo((float) best.path(1).asDouble());
    assertThat(full.path("greedy")).hasSize(3);
    assertThat(full.path("greedy").path(0)).isEqualTo(best.path(0));
  }

  @Test
  void idsThatAreNotInTheVocabularyAreRefused() {
    CommandLineRun run = run("logits", "fable-5m", "--ids", "1,99999", "--json");

    assertThat(run.status()).isNotZero();
    assertThat(run.err()).contains("99999").doesNotContain("fault of flyball");
  }

  @Test
  void inspectTellsParametersTypesAndMemory() throws IOException {
    JsonNode json = json(run("inspect", "fable-5m", "--context", "512", "--json"));

    assertThat(json.path("parameters").asLong()).isEqualTo(5_246_208);
    assertThat(json.path("architecture").asText()).isEqualTo("llama");
    assertThat(json.path("types").path(0).path("type").asText()).isEqualTo("Q8_0");
    assertThat(json.path("memory").path("cache").asLong()).isPositive();
    assertThat(json.path("metadata").has("tokenizer.ggml.pre")).isTrue();
    assertThat(json.path("calls").asText()).isEqualTo("generic <tool_call>");
    assertThat(json.path("thoughts").asText()).isEqualTo("none");
  }

  @Test
  void inspectShowsTheSameToPeople() {
    CommandLineRun run = run("inspect", "fable-5m", "--tensors");

    assertThat(run.out())
        .containsPattern("calls +generic <tool_call>")
        .contains("5.25 M parameters")
        .contains("Tensors by type")
        .contains("token_embd.weight")
        .contains("Memory for the usual context");
  }

  @Test
  void benchShowsManySequencesAndSharesOfTheMachinesLimits() throws IOException {
    Assumptions.assumeTrue(
        InstructionSet.ofThisProcess().isPresent(), "limits are measured with generated code");
    Path file = home.resolve("tiny.gguf");
    assertThat(run("synth", "--shape", "tiny", "--type", "q4_0", "-o", file.toString()).status())
        .isZero();
    String options = "-p 0 -n 2 --batch 1,4 --depth 3 -t 1 -r 2 --limits -o json -m " + file;

    JsonNode results = json(run(("bench " + options).split(" ")));

    assertThat(results).hasSize(2);
    JsonNode four = results.path(1);
    assertThat(four.path("n_parallel").asInt()).isEqualTo(4);
    assertThat(four.path("test").asText()).isEqualTo("tg2 x4 @ d3");
    assertThat(four.path("samples_ts")).hasSize(2);
    assertThat(four.path("limit").asDouble())
        .isGreaterThan(results.path(0).path("limit").asDouble());
    assertThat(four.path("limit_share").asDouble() * four.path("limit").asDouble())
        .isCloseTo(four.path("median_ts").asDouble(), withinPercentage(0.1));
    assertThat(four.path("load_ms").asLong()).isNotNegative();
    assertThat(four.path("limit_read_bytes_per_s").asLong()).isPositive();
  }

  @Test
  void unknownLevelOfGeneratedCodeIsRefusedBeforeAnythingElse() {
    CommandLineRun run =
        CommandLineRun.of(home, Map.of(InstructionSet.VARIABLE, "sse9"), "", "run", "hello");

    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err())
        .contains("FLYBALL_ISA=sse9 is not among what this machine can run: plain");
  }

  @Test
  void benchRefusesMoreSequencesThanAStepHasTokens() {
    CommandLineRun run = run("bench", "--batch", "9", "-b", "8");

    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err()).contains("--batch 9 should be 1 to the tokens of a step, 8");
  }

  @Test
  void syntheticModelCanBeBenched() throws IOException {
    Path file = home.resolve("tiny.gguf");
    CommandLineRun synth = run("synth", "--shape", "tiny", "--type", "q4_0", "-o", file.toString());
    assertThat(synth.status()).as(synth.err()).isZero();

    CommandLineRun bench =
        run(
            "bench",
            "-m",
            file.toString(),
            "-p",
            "16",
            "-n",
            "2",
            "-r",
            "2",
            "-t",
            "1,2",
            "-o",
            "json");

    JsonNode results = json(bench);
    assertThat(results).hasSize(4);
    JsonNode prompt = results.path(0);
    assertThat(prompt.path("n_prompt").asInt()).isEqualTo(16);
    assertThat(prompt.path("n_gen").asInt()).isZero();
    assertThat(prompt.path("type").asText()).isEqualTo("Q4_0");
    assertThat(prompt.path("samples_ns")).hasSize(2);
    assertThat(prompt.path("avg_ts").asDouble()).isPositive();
    assertThat(results.path(3).path("n_threads").asInt()).isEqualTo(2);
    assertThat(results.path(3).path("test").asText()).isEqualTo("tg2");
  }

  @Test
  void fileThatIsThereIsNotOverwrittenUnasked() throws IOException {
    Path file = write("precious.gguf", "do not touch");

    CommandLineRun run = run("synth", "--shape", "tiny", "-o", file.toString());

    assertThat(run.status()).isEqualTo(1);
    assertThat(file).hasContent("do not touch");
  }

  @Test
  void modelIsQuantizedAgainOnlyWhereAllowed() {
    String demo = CommandLineRun.DEMO_MODEL.toString();
    Path file = home.resolve("q4.gguf");

    CommandLineRun refused = run("quantize", demo, file.toString(), "q4_k");
    CommandLineRun done = run("quantize", demo, file.toString(), "q4_k", "--allow-requantize");

    assertThat(refused.status()).isEqualTo(1);
    assertThat(refused.err()).contains("quantised already");
    assertThat(done.status()).as(done.err()).isZero();
    assertThat(done.err()).contains("38 Q4_K", "5 Q6_K", "bits a weight");
    assertThat(run("inspect", file.toString()).out()).contains("Q4_K_M");
    assertThat(run("quantize", demo, file.toString(), "q4_k").err()).contains("--force");
    assertThat(run("quantize", demo, "x", "q9").status()).isEqualTo(2);
  }

  @Test
  void aModelIsQuantisedByWhatATextShowsToMatter() throws IOException {
    String demo = CommandLineRun.DEMO_MODEL.toString();
    Path text = Files.writeString(home.resolve("t.txt"), "Once there was a fox. ".repeat(80));
    Path matrix = home.resolve("m.imatrix");
    String[] measure = {
      "imatrix", demo, "--text", text.toString(), "-c", "64", "-o", matrix.toString()
    };
    CommandLineRun measured = run(measure);
    assertThat(measured.status()).isZero();
    assertThat(measured.err()).contains("42 tensors").contains("windows of 64 tokens");
    assertThat(run(measure).err()).contains("--force");
    Path plain = home.resolve("plain.gguf");
    Path guided = home.resolve("guided.gguf");
    String again = "--allow-requantize";
    assertThat(run("quantize", demo, plain.toString(), "q3_k_m", again).status()).isZero();
    assertThat(
            run(
                    "quantize",
                    demo,
                    guided.toString(),
                    "q3_k_m",
                    again,
                    "--imatrix",
                    matrix.toString())
                .status())
        .isZero();
    assertThat(Files.mismatch(plain, guided)).isNotEqualTo(-1);
    assertThat(run("quantize", demo, "x", "q4_k", again, "--imatrix", text.toString()).err())
        .contains("importance matrix");
  }

  @Test
  void placesOfExpertsAreChecked() {
    String demo = CommandLineRun.DEMO_MODEL.toString();
    assertThat(run("run", demo, "x", "--experts", "cloud").err()).contains("disk:4096");
    assertThat(run("bench", "-m", demo, "--experts", "disk").err()).contains("disk:MIB");
  }

  @Test
  void perplexityIsComparedWithItsOwnBase() throws IOException {
    String demo = CommandLineRun.DEMO_MODEL.toString();
    Path text = write("t.txt", "Once upon a time there was a fox who lived in a wood. ".repeat(20));
    String base = home.resolve("base").toString();
    String[] common = {"perplexity", demo, "--text", text.toString(), "-c", "64", "-o", "json"};

    JsonNode written = json(run(with(common, "--windows", "2", "--kl-base", base)));
    JsonNode compared = json(run(with(common, "--windows", "2", "--kl", base)));

    assertThat(written.path("scored_tokens").asInt()).isEqualTo(62);
    assertThat(written.path("perplexity").asDouble()).isBetween(1.0, 200.0);
    assertThat(compared.path("kl").path("same_best").asDouble()).isEqualTo(1);
    assertThat(compared.path("kl").path("divergence_nats").path("mean").asDouble())
        .isBetween(-1e-7, 1e-5);
    CommandLineRun other = run(with(common, "--kl", base, "--windows", "1"));
    assertThat(other.status()).isEqualTo(1);
    assertThat(other.err()).contains("base predictions are for 2 windows, not 1");
    assertThat(run(with(common, "--kl", base, "--kl-base", base)).status()).isEqualTo(2);
  }

  private static String[] with(String[] common, String... further) {
    return Stream.concat(Arrays.stream(common), Arrays.stream(further)).toArray(String[]::new);
  }

  @Test
  void unknownShapeIsAnsweredWithTheKnownOnes() {
    CommandLineRun run = run("synth", "--shape", "gigantic", "-o", "x.gguf");

    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err()).contains("llama-3.2-1b");
  }

  @Test
  void completionScriptKnowsTheCommands() {
    assertThat(run("generate-completion").out()).contains("synth").contains("complete");
  }

  private CommandLineRun run(String... arguments) {
    return CommandLineRun.of(home, arguments);
  }

  private static JsonNode json(CommandLineRun run) throws IOException {
    assertThat(run.status()).as(run.err()).isZero();
    return MAPPER.readTree(run.out());
  }

  private Path write(String name, String content) throws IOException {
    return Files.writeString(home.resolve(name), content);
  }
}
