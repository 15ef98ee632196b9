package dev.flyball.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flyball.engine.tokenizer.Tokenizer;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RankingPromptTest {
  private final Tokenizer tokenizer = new TestTokenizer();

  private String encoded(String template, String query, String document) {
    RankingPrompt prompt = new RankingPrompt(tokenizer, Optional.of(template));
    return tokenizer.decode(prompt.encode(query, document), true);
  }

  @Test
  void theFilesTemplateIsFilled() {
    assertThat(encoded("ask{query}of{document}end", "q", "d")).isEqualTo("askqofdend");
    assertThat(encoded("{document}x{query}{query}", "q", "d")).isEqualTo("dxqq");
  }

  @Test
  void withoutATemplateTheVocabularyJoinsTheTexts() {
    RankingPrompt prompt = new RankingPrompt(tokenizer, Optional.empty());
    assertThat(prompt.encode("q", "d")).isEqualTo(tokenizer.encodePair("q", "d"));
  }
}
