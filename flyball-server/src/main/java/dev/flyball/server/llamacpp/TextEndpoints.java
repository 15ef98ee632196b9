package dev.flyball.server.llamacpp;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import dev.flyball.engine.Engine;
import dev.flyball.engine.tokenizer.Tokenizer;
import dev.flyball.server.generate.ChatPrompt;
import dev.flyball.server.generate.Worker;
import dev.flyball.server.http.Exchange;
import dev.flyball.server.json.JsonFields;
import dev.flyball.server.json.JsonText;
import dev.flyball.server.models.ModelLease;
import dev.flyball.server.models.ModelResolver;
import dev.flyball.server.openai.ChatMessages;
import dev.flyball.units.TokenIds;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * {@code POST /tokenize}, {@code /detokenize} and {@code /apply-template}, shaped as llama.cpp's
 * server has them; each takes an optional {@code model} besides.
 */
public final class TextEndpoints {
  private final ModelResolver models;
  private final Worker worker;

  public TextEndpoints(ModelResolver models, Worker worker) {
    this.models = models;
    this.worker = worker;
  }

  /** {@code {"content","add_special","parse_special","with_pieces"}} to {@code {"tokens"}}. */
  public void tokenize(Exchange exchange) {
    answer(
        exchange,
        fields -> {
          String content = fields.requiredString("content");
          boolean addSpecial = fields.flag("add_special", false);
          boolean parseSpecial = fields.flag("parse_special", true);
          boolean withPieces = fields.flag("with_pieces", false);
          return engine -> {
            Tokenizer tokenizer = engine.tokenizer();
            TokenIds ids = tokenizer.encode(content, addSpecial, parseSpecial);
            return json ->
                writeTokens(json, ids, withPieces ? Optional.of(tokenizer) : Optional.empty());
          };
        });
  }

  /** {@code {"tokens"}} to {@code {"content"}}, control tokens included. */
  public void detokenize(Exchange exchange) {
    answer(
        exchange,
        fields -> {
          JsonNode node = fields.requiredNode("tokens");
          String path = fields.path("tokens");
          List<JsonNode> elements = JsonFields.elements(node, path);
          return engine -> {
            int[] ids = new int[elements.size()];
            int last = engine.tokenizer().size() - 1;
            for (int i = 0; i < ids.length; i++) {
              ids[i] = JsonFields.integer(elements.get(i), path + "[" + i + "]", 0, last);
            }
            String content = engine.tokenizer().decode(TokenIds.of(ids), true);
            return json -> json.writeStringField("content", JsonText.wellFormed(content));
          };
        });
  }

  /** {@code {"messages"}} and what else a chat request may say to {@code {"prompt"}}. */
  public void applyTemplate(Exchange exchange) {
    answer(
        exchange,
        fields -> {
          ChatPrompt prompt = ChatMessages.parse(fields);
          return engine -> {
            String text = prompt.render(engine);
            return json -> json.writeStringField("prompt", JsonText.wellFormed(text));
          };
        });
  }

  /** Reads a request, takes its model, computes the answer and sends it. */
  private void answer(
      Exchange exchange, Function<JsonFields, Function<Engine, JsonText.Part>> read) {
    worker.compute(
        exchange,
        () -> {
          JsonFields fields = JsonFields.parse(exchange.body());
          Function<Engine, JsonText.Part> compute = read.apply(fields);
          try (ModelLease lease = models.lease(fields.string("model"), Optional.empty())) {
            return JsonText.object(compute.apply(lease.engine()));
          }
        },
        document -> exchange.json(200, document));
  }

  private static void writeTokens(JsonGenerator json, TokenIds ids, Optional<Tokenizer> pieces)
      throws IOException {
    json.writeArrayFieldStart("tokens");
    for (int id : ids.toArray()) {
      if (pieces.isEmpty()) {
        json.writeNumber(id);
      } else {
        json.writeStartObject();
        json.writeNumberField("id", id);
        json.writeFieldName("piece");
        writePiece(json, pieces.get().bytes(id, true));
        json.writeEndObject();
      }
    }
    json.writeEndArray();
  }

  /** A string where the bytes are text, else the bytes as numbers. */
  private static void writePiece(JsonGenerator json, byte[] bytes) throws IOException {
    try {
      json.writeString(
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
    } catch (CharacterCodingException e) {
      json.writeStartArray();
      for (byte unsigned : bytes) {
        json.writeNumber(Byte.toUnsignedInt(unsigned));
      }
      json.writeEndArray();
    }
  }
}
