package dev.flyball.server.openai;

import dev.flyball.server.error.ServerError;
import dev.flyball.server.error.ServerException;
import dev.flyball.server.json.JsonText;
import dev.flyball.units.Receipt;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * The JSON of scores.
 *
 * @param id of the answer
 * @param model the name that the model answers to
 * @param withReceipt whether the usage has the receipt
 */
record RerankAnswer(String id, String model, RerankRequest request, boolean withReceipt)
    implements PooledTexts.Answer<Float> {

  /** The best first, of equal ones the one that came first. */
  @Override
  public Function<Receipt, byte[]> of(List<Float> scores) {
    if (!scores.stream().allMatch(Float::isFinite)) {
      throw new ServerException(ServerError.INTERNAL, "a score is no finite number");
    }
    return receipt -> write(scores, receipt);
  }

  private byte[] write(List<Float> scores, Receipt receipt) {
    List<Integer> best =
        IntStream.range(0, scores.size())
            .boxed()
            .sorted(Comparator.comparing(scores::get, Comparator.reverseOrder()))
            .limit(request.topN().orElse(scores.size()))
            .toList();
    return JsonText.object(
        json -> {
          json.writeStringField("id", id);
          json.writeStringField("object", "list");
          json.writeStringField("model", model);
          json.writeArrayFieldStart("results");
          for (int index : best) {
            json.writeStartObject();
            json.writeNumberField("index", index);
            json.writeNumberField("relevance_score", scores.get(index));
            if (request.returnDocuments()) {
              json.writeObjectFieldStart("document");
              json.writeStringField("text", request.documents().get(index));
              json.writeEndObject();
            }
            json.writeEndObject();
          }
          json.writeEndArray();
          UsageField.writePrompt(json, receipt, withReceipt);
        });
  }
}
