package dev.flyball.engine;

import dev.flyball.engine.gguf.GgufMetadata;
import dev.flyball.engine.tokenizer.Tokenizer;
import dev.flyball.units.TokenIds;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * How a query and a document are put to a reranker: by the file's template, {@code
 * tokenizer.chat_template.rerank}, in which <code>{query}</code> and <code>{document}</code> stand
 * for them; without one, as the vocabulary joins two texts. Immutable and thread-safe.
 */
final class RankingPrompt {
  private static final String QUERY = "{query}";
  private static final Pattern PLACES = Pattern.compile("\\{(?:query|document)}");

  private final Tokenizer tokenizer;
  private final Optional<String> template;

  RankingPrompt(Tokenizer tokenizer, Optional<String> template) {
    this.tokenizer = tokenizer;
    this.template = template;
  }

  static RankingPrompt of(GgufMetadata metadata, Tokenizer tokenizer) {
    return new RankingPrompt(tokenizer, metadata.findString("tokenizer.chat_template.rerank"));
  }

  TokenIds encode(String query, String document) {
    return template
        .map(text -> tokenizer.encode(filled(text, query, document), false, true))
        .orElseGet(() -> tokenizer.encodePair(query, document));
  }

  /** Filled at once, so that what looks like a place in a query is not one. */
  private static String filled(String template, String query, String document) {
    StringBuilder filled = new StringBuilder();
    int done = 0;
    for (MatchResult place : PLACES.matcher(template).results().toList()) {
      filled.append(template, done, place.start());
      filled.append(place.group().equals(QUERY) ? query : document);
      done = place.end();
    }
    return filled.append(template, done, template.length()).toString();
  }
}
