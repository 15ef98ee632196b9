package dev.flyball.server.openai;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.flyball.engine.ModelUse;
import dev.flyball.server.generate.Worker;
import dev.flyball.server.http.Endpoint;
import dev.flyball.server.http.Exchange;
import dev.flyball.server.json.JsonText;
import dev.flyball.server.models.CatalogModel;
import dev.flyball.server.models.ModelCatalog;
import dev.flyball.server.models.ModelRegistry;
import dev.flyball.server.models.ModelStatus;
import dev.flyball.server.models.ServedAdapter;
import dev.flyball.server.models.ServedAdapters;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * {@code GET /v1/models} and {@code GET /v1/models/ID}: what is in the catalogue, and the adapters,
 * each with its model as {@code parent}; beyond the OpenAI API, under {@code flyball}, whether it
 * is loaded and what it takes.
 */
public final class ModelsEndpoint implements Endpoint {
  private final ModelCatalog catalog;
  private final ModelRegistry registry;
  private final ServedAdapters adapters;
  private final Worker worker;

  public ModelsEndpoint(
      ModelCatalog catalog, ModelRegistry registry, ServedAdapters adapters, Worker worker) {
    this.catalog = catalog;
    this.registry = registry;
    this.adapters = adapters;
    this.worker = worker;
  }

  @Override
  public void handle(Exchange exchange) {
    String id = exchange.parameter();
    worker.compute(
        exchange, () -> id.isEmpty() ? list() : one(id), document -> exchange.json(200, document));
  }

  private byte[] one(String id) {
    Optional<ServedAdapter> adapter = adapters.find(id);
    return JsonText.object(
        json -> {
          if (adapter.isPresent()) {
            write(json, adapter.get());
          } else {
            write(json, catalog.resolve(id));
          }
        });
  }

  private byte[] list() {
    List<CatalogModel> models = catalog.list();
    return JsonText.object(
        json -> {
          json.writeStringField("object", "list");
          json.writeArrayFieldStart("data");
          for (CatalogModel model : models) {
            json.writeStartObject();
            write(json, model);
            json.writeEndObject();
          }
          for (ServedAdapter adapter : adapters.list()) {
            json.writeStartObject();
            write(json, adapter);
            json.writeEndObject();
          }
          json.writeEndArray();
        });
  }

  private void write(JsonGenerator json, CatalogModel model) throws IOException {
    Map<String, ModelStatus> loaded =
        registry.status().stream()
            .collect(Collectors.toMap(ModelStatus::name, Function.identity()));
    json.writeStringField("id", model.name());
    json.writeStringField("object", "model");
    json.writeNumberField("created", model.modified().getEpochSecond());
    json.writeStringField("owned_by", "flyball");
    json.writeObjectFieldStart("flyball");
    json.writeNumberField("file_bytes", model.bytes());
    writeStatus(json, Optional.ofNullable(loaded.get(model.name())));
    json.writeEndObject();
  }

  private static void write(JsonGenerator json, ServedAdapter adapter) throws IOException {
    json.writeStringField("id", adapter.name());
    json.writeStringField("object", "model");
    json.writeNumberField("created", adapter.added().getEpochSecond());
    json.writeStringField("owned_by", "flyball");
    json.writeStringField("parent", adapter.base().name());
    json.writeObjectFieldStart("flyball");
    json.writeNumberField("adapter", adapter.id());
    json.writeNumberField("scale", adapter.file().scale());
    json.writeEndObject();
  }

  private static void writeStatus(JsonGenerator json, Optional<ModelStatus> status)
      throws IOException {
    if (status.isEmpty()) {
      json.writeStringField("state", "on_disk");
      return;
    }
    ModelStatus known = status.get();
    json.writeStringField("state", known.engine().isPresent() ? "loaded" : "loading");
    json.writeNumberField("memory_bytes", known.memoryBytes());
    json.writeNumberField("requests", known.users());
    json.writeStringField("expires_at", known.expiry().map(Object::toString).orElse(null));
    if (known.engine().isPresent()) {
      json.writeNumberField("context_length", known.engine().get().info().contextLength());
      json.writeStringField("type", known.engine().get().info().typeName());
      json.writeArrayFieldStart("uses");
      for (ModelUse use : ModelUse.values()) {
        if (known.engine().get().info().isFor(use)) {
          json.writeString(use.name().toLowerCase(Locale.ROOT));
        }
      }
      json.writeEndArray();
    }
  }
}
