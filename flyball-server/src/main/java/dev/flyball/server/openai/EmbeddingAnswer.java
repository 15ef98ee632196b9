package dev.flyball.server.openai;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.flyball.server.error.ServerError;
import dev.flyball.server.error.ServerException;
import dev.flyball.server.json.JsonText;
import dev.flyball.units.Receipt;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Function;

/**
 * The JSON of vectors.
 *
 * @param model the name that the model answers to
 * @param base64 as base64 of little-endian float32 instead of numbers
 * @param dimensions of each the first so many; nothing: all
 * @param withReceipt whether the usage has the receipt
 */
record EmbeddingAnswer(String model, boolean base64, OptionalInt dimensions, boolean withReceipt)
    implements PooledTexts.Answer<float[]> {

  /**
   * {@inheritDoc}
   *
   * @throws ServerException INTERNAL where a vector has no finite length
   */
  @Override
  public Function<Receipt, byte[]> of(List<float[]> vectors) {
    List<float[]> unit = vectors.stream().map(this::normalised).toList();
    return receipt -> write(unit, receipt);
  }

  private byte[] write(List<float[]> unit, Receipt receipt) {
    return JsonText.object(
        json -> {
          json.writeStringField("object", "list");
          json.writeArrayFieldStart("data");
          for (int index = 0; index < unit.size(); index++) {
            json.writeStartObject();
            json.writeStringField("object", "embedding");
            json.writeNumberField("index", index);
            writeVector(json, unit.get(index));
            json.writeEndObject();
          }
          json.writeEndArray();
          json.writeStringField("model", model);
          UsageField.writePrompt(json, receipt, withReceipt);
        });
  }

  private void writeVector(JsonGenerator json, float[] vector) throws IOException {
    if (base64) {
      ByteBuffer bytes =
          ByteBuffer.allocate(vector.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
      bytes.asFloatBuffer().put(vector);
      json.writeStringField("embedding", Base64.getEncoder().encodeToString(bytes.array()));
      return;
    }
    json.writeArrayFieldStart("embedding");
    for (float element : vector) {
      json.writeNumber(element);
    }
    json.writeEndArray();
  }

  /** The vector, or the part of it that is wanted, at length 1, as the OpenAI API gives it. */
  private float[] normalised(float[] vector) {
    float[] unit = new float[dimensions.orElse(vector.length)];
    double squares = 0;
    for (int i = 0; i < unit.length; i++) {
      squares += (double) vector[i] * vector[i];
    }
    if (!(squares > 0 && Double.isFinite(squares))) {
      throw new ServerException(ServerError.INTERNAL, "the embedding has no finite length");
    }
    double length = Math.sqrt(squares);
    for (int i = 0; i < unit.length; i++) {
      unit[i] = (float) (vector[i] / length);
    }
    return unit;
  }
}
