package dev.flyball.server.openai;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flyball.server.generate.RequestLimits;
import dev.flyball.server.json.JsonFields;
import dev.flyball.server.models.KeepAlive;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A request to {@code /v1/rerank}, as Jina, Cohere, vLLM and llama.cpp have it.
 *
 * @param documents texts to be ranked
 * @param topN how many of the best are wanted; nothing: all
 * @param returnDocuments whether the answer repeats their texts
 * @param length what becomes of documents that are too long
 */
record RerankRequest(
    Optional<String> model,
    Optional<KeepAlive> keepAlive,
    String query,
    List<String> documents,
    OptionalInt topN,
    boolean returnDocuments,
    TextLength length) {

  static RerankRequest parse(JsonFields fields, RequestLimits limits) {
    return new RerankRequest(
        fields.string("model"),
        new GenerationFields(fields).keepAlive(),
        fields.requiredString("query"),
        documents(fields, limits.maxInputs()),
        fields.integer("top_n", 1, Integer.MAX_VALUE),
        fields.flag("return_documents", false),
        TextLength.parse(fields));
  }

  private static List<String> documents(JsonFields fields, int max) {
    String path = fields.path("documents");
    List<JsonNode> elements = JsonFields.elements(fields.requiredNode("documents"), path);
    if (elements.isEmpty() || elements.size() > max) {
      throw fields.invalid("documents", "must have 1 to " + max + " entries");
    }
    List<String> documents = new ArrayList<>(elements.size());
    for (JsonNode element : elements) {
      String at = path + "[" + documents.size() + "]";
      documents.add(
          element.isObject()
              ? JsonFields.of(element, at).requiredString("text")
              : JsonFields.text(element, at));
    }
    return documents;
  }

  /** Where the request has a document. */
  static String pathOf(int document) {
    return "documents[" + document + "]";
  }
}
