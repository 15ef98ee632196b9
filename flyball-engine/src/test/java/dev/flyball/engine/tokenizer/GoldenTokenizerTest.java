package dev.flyball.engine.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.flyball.engine.SharedFolder;
import dev.flyball.units.TokenIds;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Holds the tokenizers to the ids that llama.cpp gives, and prints how many agree. */
class GoldenTokenizerTest {
  private static final String SEPARATOR = "\n__ggml_vocab_test__\n";

  @Test
  void realVocabulariesGiveTheIdsOfLlamaCpp() throws IOException {
    Path folder = SharedFolder.require("golden/tokenizers");
    List<Path> files;
    try (Stream<Path> all = Files.list(folder)) {
      files = all.filter(p -> p.toString().endsWith(".gguf")).sorted().toList();
    }
    assertThat(files).isNotEmpty();
    Scores scores = new Scores("vocabulary");
    for (Path file : files) {
      Tokenizer tokenizer = Tokenizers.from(TestVocabularies.read(file));
      String[] texts = Files.readString(Path.of(file + ".inp")).split(SEPARATOR, -1);
      List<String> lines = Files.readAllLines(Path.of(file + ".out"));
      for (int i = 0; i < lines.size(); i++) {
        scores.check(file.getFileName().toString(), texts[i], tokenizer, false, ids(lines.get(i)));
      }
    }
    scores.printAndRequireAll();
  }

  private static TokenIds ids(String line) {
    return TokenIds.of(
        Stream.of(line.strip().split("\\s+"))
            .filter(s -> !s.isEmpty())
            .mapToInt(Integer::parseInt)
            .toArray());
  }

  @Test
  void everyPreTokenizerGivesTheIdsOfLlamaCpp() throws IOException {
    JsonNode golden;
    try (InputStream in = TestVocabularies.resource("pre-tokenizers.json")) {
      golden = new ObjectMapper().readTree(in);
    }
    Vocabulary vocabulary = TestVocabularies.small();
    Scores scores = new Scores("pre-tokenizer");
    for (Map.Entry<String, JsonNode> entry : golden.get("ids").properties()) {
      String pre = entry.getKey();
      Tokenizer tokenizer = Tokenizers.from(TestVocabularies.withPre(vocabulary, pre));
      for (int i = 0; i < golden.get("texts").size(); i++) {
        scores.check(
            pre,
            golden.get("texts").get(i).asText(),
            tokenizer,
            true,
            ids(entry.getValue().get(i)));
      }
    }
    scores.printAndRequireAll();
  }

  private static TokenIds ids(JsonNode array) {
    int[] ids = new int[array.size()];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = array.get(i).asInt();
    }
    return TokenIds.of(ids);
  }

  /** Counts cases and those that agree. */
  private static final class Scores {
    private final StringBuilder table = new StringBuilder();
    private final List<String> failures = new ArrayList<>();
    private String current = "";
    private int cases;
    private int agreed;

    Scores(String title) {
      table.append(String.format(Locale.ROOT, "%n%-28s %6s %6s", title, "cases", "agreed"));
    }

    void check(
        String name, String text, Tokenizer tokenizer, boolean parseSpecial, TokenIds expected) {
      if (!name.equals(current)) {
        finishRow();
        current = name;
      }
      cases++;
      TokenIds actual = tokenizer.encode(text, false, parseSpecial);
      if (actual.equals(expected)) {
        agreed++;
      } else {
        failures.add(name + ": \"" + text + "\"\n  expected " + expected + "\n  was " + actual);
      }
    }

    private void finishRow() {
      if (cases > 0) {
        table.append(String.format(Locale.ROOT, "%n%-28s %6d %6d", current, cases, agreed));
      }
      cases = 0;
      agreed = 0;
    }

    void printAndRequireAll() {
      finishRow();
      System.out.println(table.append('\n'));
      assertThat(failures).isEmpty();
    }
  }
}
