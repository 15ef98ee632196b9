package dev.flyball.server.openai;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flyball.engine.Engine;
import dev.flyball.engine.ModelInfo;
import dev.flyball.engine.tokenizer.Tokenizer;
import dev.flyball.server.error.ServerError;
import dev.flyball.server.error.ServerException;
import dev.flyball.server.json.JsonFields;
import dev.flyball.units.TokenIds;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What becomes of texts that are longer than a model can read: refused, or cut on request. */
enum TextLength {
  REFUSED,
  /** The end is left out. */
  CUT;

  /** A cut document is encoded anew; this often at most, each time shorter. */
  private static final int MAX_CUTS = 16;

  /**
   * Reads {@code truncate}: true or false as others write it, or END or NONE as Cohere does.
   *
   * @throws ServerException UNSUPPORTED for another value
   */
  static TextLength parse(JsonFields fields) {
    Optional<JsonNode> node = fields.node("truncate");
    if (node.isEmpty()) {
      return REFUSED;
    }
    if (node.get().isBoolean()) {
      return node.get().booleanValue() ? CUT : REFUSED;
    }
    String text = JsonFields.text(node.get(), fields.path("truncate"));
    return switch (text.toUpperCase(Locale.ROOT)) {
      case "END" -> CUT;
      case "NONE" -> REFUSED;
      default -> throw fields.unsupported("truncate", "must be true, false, END or NONE");
    };
  }

  /**
   * The tokens of a text, as many as the model can read. Where the end is cut, a special token that
   * ends the text stays.
   *
   * @param path where the request has the text
   * @throws ServerException CONTEXT_LENGTH_EXCEEDED
   */
  TokenIds fit(TokenIds ids, Engine engine, String path) {
    int most = engine.info().contextLength();
    if (ids.size() <= most) {
      return ids;
    }
    if (this == REFUSED) {
      throw tooLong(ids.size(), engine.info(), path);
    }
    int[] kept = Arrays.copyOf(ids.toArray(), most);
    int last = ids.get(ids.size() - 1);
    if (engine.tokenizer().isControl(last)) {
      kept[most - 1] = last;
    }
    return TokenIds.of(kept);
  }

  /**
   * The tokens of a query and a document; where it is to be cut, the document is.
   *
   * @param path where the request has the document
   * @throws ServerException CONTEXT_LENGTH_EXCEEDED, also where the query alone is too long
   */
  TokenIds fitPair(String query, String document, Engine engine, String path) {
    Tokenizer tokenizer = engine.tokenizer();
    int most = engine.info().contextLength();
    TokenIds ids = engine.rankingPrompt(query, document);
    int tokens = ids.size();
    TokenIds rest = tokenizer.encode(document, false, false);
    for (int cut = 0; this == CUT && ids.size() > most && cut < MAX_CUTS; cut++) {
      int kept = Math.max(0, rest.size() - (ids.size() - most));
      rest = TokenIds.of(Arrays.copyOf(rest.toArray(), kept));
      ids = engine.rankingPrompt(query, tokenizer.decode(rest, false));
    }
    if (ids.size() > most) {
      throw tooLong(tokens, engine.info(), path);
    }
    return ids;
  }

  private static ServerException tooLong(int tokens, ModelInfo info, String path) {
    boolean byChoice = info.contextLength() < info.trainedContextLength();
    return ServerException.ofField(
        ServerError.CONTEXT_LENGTH_EXCEEDED,
        path,
        "%s has %d tokens with what the model puts around it, but may have %d%s; shorten it, or have its end cut by \"truncate\": true"
            .formatted(
                path,
                tokens,
                info.contextLength(),
                byChoice
                    ? " (of %d that are possible: FLYBALL_CONTEXT_LENGTH)"
                        .formatted(info.trainedContextLength())
                    : ""));
  }
}
