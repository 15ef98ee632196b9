package dev.flyball.server.json;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** JSON as plain Java values: what templates see. */
public final class JsonTree {
  private JsonTree() {}

  /**
   * Map with String keys in the document's order, List, String, Boolean, Long, Double or null.
   *
   * @param path where the node was found
   * @throws dev.flyball.server.error.ServerException INVALID_VALUE for a string that is no text
   */
  public static @Nullable Object of(JsonNode node, String path) {
    return switch (node.getNodeType()) {
      case OBJECT -> {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        node.properties()
            .forEach(
                field ->
                    map.put(
                        JsonText.wellFormed(field.getKey()),
                        of(field.getValue(), path + "." + field.getKey())));
        yield map;
      }
      case ARRAY -> {
        List<@Nullable Object> list = new ArrayList<>(node.size());
        for (JsonNode element : node) {
          list.add(of(element, path + "[" + list.size() + "]"));
        }
        yield list;
      }
      case STRING -> JsonFields.text(node, path);
      case BOOLEAN -> node.booleanValue();
      case NUMBER ->
          node.isIntegralNumber() && node.canConvertToLong()
              ? (Object) node.longValue()
              : (Object) node.doubleValue();
      case NULL, MISSING, BINARY, POJO -> null;
    };
  }
}
