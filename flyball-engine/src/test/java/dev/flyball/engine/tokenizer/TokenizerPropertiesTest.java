package dev.flyball.engine.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flyball.units.TokenIds;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** What holds for any text, tried with random ones. */
class TokenizerPropertiesTest {
  private static final List<String> PRE_TOKENIZERS =
      PreTokenizers.names().stream()
          .filter(name -> PreTokenizers.named(name).orElseThrow().byteLevel())
          .sorted()
          .toList();

  private final Vocabulary vocabulary = TestVocabularies.small();

  private Tokenizer tokenizer(String pre) {
    return Tokenizers.from(TestVocabularies.withPre(vocabulary, pre));
  }

  @Test
  void decodingGivesTheTextBackWhateverThePreTokenizer() {
    long seed = 99;
    System.out.println("seed " + seed + ", " + PRE_TOKENIZERS.size() + " pre-tokenizers");
    for (String pre : PRE_TOKENIZERS) {
      Tokenizer tokenizer = tokenizer(pre);
      Random random = new Random(seed);
      for (int i = 0; i < 200; i++) {
        String text = RandomTexts.wellFormed(random, 30);
        assertThat(tokenizer.decode(tokenizer.encode(text, false, true), true))
            .as("%s, text %d of seed %d", pre, i, seed)
            .isEqualTo(text);
      }
    }
  }

  @Test
  void loneSurrogatesAreEncodedAsReplacementCharacters() {
    long seed = 7;
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    Tokenizer tokenizer = tokenizer("llama-bpe");
    for (int i = 0; i < 500; i++) {
      String text = RandomTexts.anyChars(random, random.nextInt(50));
      String expected = text.replaceAll("[\\x{D800}-\\x{DFFF}]", "\uFFFD");
      assertThat(tokenizer.decode(tokenizer.encode(text, false, false), true))
          .as("text %d of seed %d", i, seed)
          .isEqualTo(expected);
    }
  }

  @Test
  void longTextsWithoutBordersNeedNoStack() {
    Tokenizer tokenizer = tokenizer("superbpe");
    for (String part : List.of("a", " ", "1", "é", "\n", "A", "aB", "' ", "中")) {
      String text = part.repeat(300_000 / part.length());
      assertThat(tokenizer.decode(tokenizer.encode(text, false, false), true)).isEqualTo(text);
      for (String pre : List.of("llama-bpe", "gpt-4o", "deepseek-llm", "jais-2", "exaone-moe")) {
        TokenIds ids = tokenizer(pre).encode(text, false, false);
        assertThat(tokenizer.decode(ids, true)).isEqualTo(text);
      }
    }
  }

  @Test
  void streamedTextIsTheDecodedTextAndNeverHalfACharacter() {
    long seed = 2027;
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    Tokenizer tokenizer = tokenizer("gpt-2");
    for (int i = 0; i < 1000; i++) {
      int[] ids = random.ints(random.nextInt(40), 0, 270).toArray();
      byte[] bytes = new byte[ids.length * 16];
      int size = 0;
      StreamingDetokenizer detokenizer = tokenizer.streamingDetokenizer(true);
      StringBuilder streamed = new StringBuilder();
      for (int id : ids) {
        String piece = detokenizer.accept(id);
        assertThat(piece.codePoints()).noneMatch(c -> c >= 0xD800 && c <= 0xDFFF);
        streamed.append(piece);
        byte[] added = tokenizer.bytes(id, true);
        System.arraycopy(added, 0, bytes, size, added.length);
        size += added.length;
      }
      streamed.append(detokenizer.finish());
      assertThat(streamed.toString())
          .as("ids %d of seed %d", i, seed)
          .isEqualTo(tokenizer.decode(TokenIds.of(ids), true))
          .isEqualTo(new String(bytes, 0, size, StandardCharsets.UTF_8));
    }
  }

  @Test
  void manyThreadsMayShareATokenizer() throws ExecutionException, InterruptedException {
    Tokenizer tokenizer = tokenizer("llama-bpe");
    Random random = new Random(5);
    List<String> texts = new ArrayList<>();
    List<TokenIds> expected = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      texts.add(RandomTexts.wellFormed(random, 200));
      // A tokenizer of its own, so that nothing is shared with the ones under test.
      expected.add(tokenizer("llama-bpe").encode(texts.get(i), true, true));
    }
    try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
      List<Future<List<TokenIds>>> results = new ArrayList<>();
      for (int thread = 0; thread < 8; thread++) {
        results.add(
            threads.submit(
                () -> texts.stream().map(text -> tokenizer.encode(text, true, true)).toList()));
      }
      for (Future<List<TokenIds>> result : results) {
        assertThat(result.get()).isEqualTo(expected);
      }
    }
  }
}
