package dev.flyball.server.openai;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flyball.engine.adapter.AdapterFile;
import dev.flyball.engine.adapter.AdapterWish;
import dev.flyball.server.error.ServerError;
import dev.flyball.server.error.ServerException;
import dev.flyball.server.json.JsonFields;
import dev.flyball.server.models.ModelLease;
import dev.flyball.server.models.ServedAdapter;
import dev.flyball.server.models.ServedAdapters;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads which adapters are meant: by name, as a model, or by llama.cpp's field {@code lora}. */
public final class AdapterFields {
  private AdapterFields() {}

  /**
   * What a request asks for: the field {@code lora} where it is there, else the adapter that it
   * names as its model, else what is usual.
   *
   * @throws ServerException INVALID_TYPE, INVALID_VALUE, MISSING_FIELD
   */
  static AdapterWish wish(JsonFields fields, ModelLease lease, ServedAdapters adapters) {
    Optional<JsonNode> lora = fields.node("lora");
    if (lora.isEmpty()) {
      return lease.adapter().map(ServedAdapter::alone).orElse(AdapterWish.USUAL);
    }
    String path = fields.path("lora");
    Map<String, Float> scales = new HashMap<>();
    scales(JsonFields.elements(lora.get(), path), path)
        .forEach((id, scale) -> scales.put(name(id, path, lease, adapters), scale));
    return AdapterWish.of(scales);
  }

  private static String name(int id, String path, ModelLease lease, ServedAdapters adapters) {
    ServedAdapter adapter = adapters.find(id).orElseThrow(() -> unknown(id, path));
    if (!adapter.base().name().equals(lease.model().name())) {
      throw ServerException.ofField(
          ServerError.INVALID_VALUE,
          path,
          "the adapter %d ('%s') is one of the model '%s', not of '%s'"
              .formatted(id, adapter.name(), adapter.base().name(), lease.model().name()));
    }
    return adapter.name();
  }

  /**
   * Scales by the numbers of adapters: {@code [{"id","scale"}]}.
   *
   * @param path of the array; empty where it is the whole body
   */
  public static Map<Integer, Float> scales(List<JsonNode> elements, String path) {
    Map<Integer, Float> scales = new LinkedHashMap<>();
    for (JsonNode element : elements) {
      JsonFields fields = JsonFields.of(element, path + "[" + scales.size() + "]");
      int id = fields.integer("id", 0, Integer.MAX_VALUE).orElseThrow(() -> fields.missing("id"));
      float max = AdapterFile.MAX_SCALE;
      double scale = fields.number("scale", -max, max).orElseThrow(() -> fields.missing("scale"));
      if (scales.put(id, (float) scale) != null) {
        throw fields.invalid("id", "is there twice");
      }
    }
    return scales;
  }

  /** The failure of a number that no adapter has. */
  public static ServerException unknown(int id, String path) {
    return ServerException.ofField(
        ServerError.INVALID_VALUE,
        path,
        "there is no adapter " + id + "; GET /lora-adapters lists them");
  }
}
