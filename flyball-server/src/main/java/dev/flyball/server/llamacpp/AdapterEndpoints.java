package dev.flyball.server.llamacpp;

import dev.flyball.engine.adapter.AdapterFile;
import dev.flyball.engine.adapter.Adapters;
import dev.flyball.server.error.ServerError;
import dev.flyball.server.error.ServerException;
import dev.flyball.server.generate.Worker;
import dev.flyball.server.http.Exchange;
import dev.flyball.server.json.JsonFields;
import dev.flyball.server.json.JsonText;
import dev.flyball.server.models.CatalogModel;
import dev.flyball.server.models.ModelCatalog;
import dev.flyball.server.models.ModelLease;
import dev.flyball.server.models.ModelRegistry;
import dev.flyball.server.models.ModelResolver;
import dev.flyball.server.models.ServedAdapter;
import dev.flyball.server.models.ServedAdapters;
import dev.flyball.server.openai.AdapterFields;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Adapters: {@code GET} and {@code POST /lora-adapters} as llama.cpp's server has them, {@code POST
 * /v1/load_lora_adapter} and {@code /v1/unload_lora_adapter} as vLLM has them.
 */
public final class AdapterEndpoints {
  private final ServedAdapters adapters;
  private final ModelCatalog catalog;
  private final ModelResolver models;
  private final ModelRegistry registry;
  private final Worker worker;

  public AdapterEndpoints(
      ServedAdapters adapters,
      ModelCatalog catalog,
      ModelResolver models,
      ModelRegistry registry,
      Worker worker) {
    this.adapters = adapters;
    this.catalog = catalog;
    this.models = models;
    this.registry = registry;
    this.worker = worker;
  }

  /** {@code [{"id","path","scale"}]}, each with {@code name} and {@code model} besides. */
  public void list(Exchange exchange) {
    exchange.json(
        200,
        JsonText.array(
            json -> {
              for (ServedAdapter adapter : adapters.list()) {
                json.writeStartObject();
                json.writeNumberField("id", adapter.id());
                json.writeStringField("path", adapter.file().path().toString());
                json.writeNumberField("scale", adapter.file().scale());
                json.writeStringField("name", adapter.name());
                json.writeStringField("model", adapter.base().name());
                json.writeEndObject();
              }
            }));
  }

  /** {@code [{"id","scale"}]}: what requests have that choose none; those not named get 0. */
  public void setUsual(Exchange exchange) {
    worker.compute(
        exchange,
        () -> {
          Map<Integer, Float> scales =
              AdapterFields.scales(JsonFields.parseArray(exchange.body()), "");
          scales.keySet().forEach(this::require);
          Map<String, CatalogModel> bases = new LinkedHashMap<>();
          adapters.list().forEach(adapter -> bases.put(adapter.base().name(), adapter.base()));
          for (CatalogModel base : bases.values()) {
            withLoaded(base, loaded -> adapters.setUsual(base, scales, loaded));
          }
          return JsonText.object(json -> json.writeBooleanField("success", true));
        },
        document -> exchange.json(200, document));
  }

  private void require(int id) {
    if (adapters.find(id).isEmpty()) {
      throw AdapterFields.unknown(id, "id");
    }
  }

  /** {@code {"lora_name","lora_path"}}, optionally {@code model} (the base) and {@code scale}. */
  public void load(Exchange exchange) {
    worker.compute(
        exchange,
        () -> {
          JsonFields fields = JsonFields.parse(exchange.body());
          AdapterFile file = file(fields);
          requireNewName(file.name());
          try (ModelLease lease = models.lease(fields.string("model"), Optional.empty())) {
            adapters.load(lease, file);
          }
          return text("Success: LoRA adapter '" + file.name() + "' added successfully.");
        },
        text -> exchange.send(200, "text/plain; charset=utf-8", text));
  }

  private static AdapterFile file(JsonFields fields) {
    String name = fields.requiredString("lora_name");
    String path = fields.requiredString("lora_path");
    float max = AdapterFile.MAX_SCALE;
    float scale = (float) fields.number("scale", -max, max).orElse(0);
    try {
      return new AdapterFile(name, Path.of(path), scale);
    } catch (IllegalArgumentException e) {
      throw fields.invalid("lora_path", "or lora_name cannot be: " + e.getMessage());
    }
  }

  private void requireNewName(String name) {
    if (adapters.find(name).isPresent() || catalog.find(name).isPresent()) {
      throw ServerException.ofField(
          ServerError.INVALID_VALUE,
          "lora_name",
          "there is a model or an adapter '"
              + name
              + "' already; choose another name, or unload it");
    }
  }

  /** {@code {"lora_name"}}. */
  public void unload(Exchange exchange) {
    worker.compute(
        exchange,
        () -> {
          String name = JsonFields.parse(exchange.body()).requiredString("lora_name");
          ServedAdapter adapter =
              adapters
                  .find(name)
                  .orElseThrow(
                      () ->
                          ServerException.ofField(
                              ServerError.MODEL_NOT_FOUND,
                              "lora_name",
                              "there is no adapter '" + name + "'; GET /v1/models lists them"));
          withLoaded(adapter.base(), loaded -> adapters.unload(adapter, loaded));
          return text("Success: LoRA adapter '" + name + "' removed successfully.");
        },
        text -> exchange.send(200, "text/plain; charset=utf-8", text));
  }

  /** Does something with the adapters beside a model, if it is loaded. */
  private void withLoaded(CatalogModel base, Consumer<Optional<Adapters>> work) {
    if (!registry.isLoaded(base.name())) {
      work.accept(Optional.empty());
      return;
    }
    try (ModelLease lease = registry.acquire(base, Optional.empty())) {
      work.accept(Optional.of(lease.engine().adapters()));
    }
  }

  private static byte[] text(String message) {
    return message.getBytes(StandardCharsets.UTF_8);
  }
}
