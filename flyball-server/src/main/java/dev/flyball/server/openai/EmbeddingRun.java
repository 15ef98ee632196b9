package dev.flyball.server.openai;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.flyball.server.error.ServerError;
import dev.flyball.server.error.ServerException;
import dev.flyball.server.http.Exchange;
import dev.flyball.server.json.JsonText;
import dev.flyball.server.models.ModelLease;
import dev.flyball.server.receipt.RequestRecord;
import dev.flyball.units.Receipt;
import dev.flyball.units.TokenIds;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The texts of one embeddings request on their way through the engine, one after another, so that a
 * long list does not crowd other requests out. Confined to the exchange's event loop.
 */
final class EmbeddingRun {
  private final Exchange exchange;
  private final ModelLease lease;
  private final List<TokenIds> texts;
  private final boolean base64;
  private final RequestRecord record;
  private final boolean withReceipt;
  private final List<float[]> vectors = new ArrayList<>();
  private @Nullable CompletableFuture<float[]> running;
  private boolean stopped;

  EmbeddingRun(
      Exchange exchange,
      ModelLease lease,
      List<TokenIds> texts,
      boolean base64,
      RequestRecord record,
      boolean withReceipt) {
    this.exchange = exchange;
    this.lease = lease;
    this.texts = texts;
    this.base64 = base64;
    this.record = record;
    this.withReceipt = withReceipt;
  }

  void start() {
    exchange.onClose(this::stop);
    record.submitted(1);
    next();
  }

  private void next() {
    CompletableFuture<float[]> vector =
        lease.guarding(() -> lease.engine().embed(texts.get(vectors.size())));
    running = vector;
    var _ = vector.whenComplete((value, failure) -> exchange.execute(() -> accept(value, failure)));
  }

  private void accept(float @Nullable [] value, @Nullable Throwable failure) {
    if (stopped || value == null) {
      lease.close();
      if (stopped) {
        record.abandoned();
      } else if (failure != null) {
        exchange.fail(ServerException.from(failure));
      }
      return;
    }
    vectors.add(lease.guarding(() -> normalised(value)));
    if (vectors.size() < texts.size()) {
      next();
    } else {
      lease.close();
      Receipt receipt = record.embedded(texts.stream().mapToInt(TokenIds::size).sum());
      exchange.json(200, JsonText.object(json -> write(json, receipt)));
    }
  }

  private void stop() {
    stopped = true;
    if (running != null) {
      running.cancel(false);
    }
  }

  private void write(JsonGenerator json, Receipt receipt) throws IOException {
    json.writeStringField("object", "list");
    json.writeArrayFieldStart("data");
    for (int index = 0; index < vectors.size(); index++) {
      json.writeStartObject();
      json.writeStringField("object", "embedding");
      json.writeNumberField("index", index);
      writeVector(json, vectors.get(index));
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeStringField("model", lease.model().name());
    json.writeObjectFieldStart("usage");
    json.writeNumberField("prompt_tokens", receipt.tokens().prompt());
    json.writeNumberField("total_tokens", receipt.tokens().total());
    if (withReceipt) {
      UsageField.writeReceipt(json, receipt);
    }
    json.writeEndObject();
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

  /** The vector at length 1, as the OpenAI API gives it. */
  private static float[] normalised(float[] vector) {
    double squares = 0;
    for (float element : vector) {
      squares += (double) element * element;
    }
    if (!(squares > 0 && Double.isFinite(squares))) {
      throw new ServerException(ServerError.INTERNAL, "the embedding has no finite length");
    }
    double length = Math.sqrt(squares);
    float[] unit = new float[vector.length];
    for (int i = 0; i < unit.length; i++) {
      unit[i] = (float) (vector[i] / length);
    }
    return unit;
  }
}
