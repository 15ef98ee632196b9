package dev.flyball.server.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.flyball.server.error.ServerError;
import dev.flyball.server.error.ServerException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The fields of a JSON object, read with their types and ranges checked. A field that is null is
 * absent. Every failure is a {@link ServerException} that names the field by its path.
 */
public final class JsonFields {
  private static final int MAX_DEPTH = 100;
  private static final int MAX_NUMBER_LENGTH = 100;
  private static final int MAX_NAME_LENGTH = 1000;
  private static final long MAX_TOKENS = 4_000_000;

  private static final ObjectReader READER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(MAX_DEPTH)
                          .maxNumberLength(MAX_NUMBER_LENGTH)
                          .maxNameLength(MAX_NAME_LENGTH)
                          .maxTokenCount(MAX_TOKENS)
                          .build())
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build()
          .readerFor(JsonNode.class);

  private final JsonNode object;
  private final String path;

  private JsonFields(JsonNode object, String path) {
    this.object = object;
    this.path = path;
  }

  /**
   * The fields of a document.
   *
   * @throws ServerException INVALID_JSON, or INVALID_TYPE where the document is no object
   */
  public static JsonFields parse(byte[] document) {
    JsonNode root = tree(document);
    if (!root.isObject()) {
      throw new ServerException(ServerError.INVALID_TYPE, "the body must be a JSON object");
    }
    return new JsonFields(root, "");
  }

  /**
   * The elements of a document that is an array.
   *
   * @throws ServerException INVALID_JSON, or INVALID_TYPE where the document is no array
   */
  public static List<JsonNode> parseArray(byte[] document) {
    JsonNode root = tree(document);
    if (!root.isArray()) {
      throw new ServerException(ServerError.INVALID_TYPE, "the body must be a JSON array");
    }
    return elements(root, "");
  }

  private static JsonNode tree(byte[] document) {
    try {
      return READER.readValue(document);
    } catch (StreamConstraintsException e) {
      throw new ServerException(
          ServerError.INVALID_JSON,
          "the body is too complex: it may have %d levels, %d values, numbers of %d digits and names of %d characters"
              .formatted(MAX_DEPTH, MAX_TOKENS, MAX_NUMBER_LENGTH, MAX_NAME_LENGTH));
    } catch (JsonProcessingException e) {
      throw new ServerException(ServerError.INVALID_JSON, "the body is no JSON: " + describe(e));
    } catch (IOException e) {
      throw new ServerException(ServerError.INVALID_JSON, "the body is no UTF-8 text");
    }
  }

  /** The fields of an object that was found at a path. */
  public static JsonFields of(JsonNode object, String path) {
    if (!object.isObject()) {
      throw wrongType(path, "an object");
    }
    return new JsonFields(object, path);
  }

  /** The path of a field of this object. */
  public String path(String name) {
    return path.isEmpty() ? name : path + "." + name;
  }

  /** The object as plain Java values; see {@link JsonTree}. */
  public @Nullable Object toTree() {
    return JsonTree.of(object, path);
  }

  /** The names of the fields, null ones included. */
  public List<String> names() {
    List<String> names = new ArrayList<>();
    object.fieldNames().forEachRemaining(names::add);
    return names;
  }

  /** Whether a field is there and not null. */
  public boolean has(String name) {
    return object.hasNonNull(name);
  }

  /** A field of any type. */
  public Optional<JsonNode> node(String name) {
    JsonNode node = object.get(name);
    return node == null || node.isNull() ? Optional.empty() : Optional.of(node);
  }

  /** A field of any type that must be there. */
  public JsonNode requiredNode(String name) {
    return node(name).orElseThrow(() -> missing(name));
  }

  public Optional<String> string(String name) {
    return node(name).map(node -> text(node, path(name)));
  }

  public String requiredString(String name) {
    return string(name).orElseThrow(() -> missing(name));
  }

  public boolean flag(String name, boolean usual) {
    return node(name)
        .map(
            node -> {
              if (!node.isBoolean()) {
                throw wrongType(path(name), "true or false");
              }
              return node.booleanValue();
            })
        .orElse(usual);
  }

  /** An integer within a range, both ends included. */
  public OptionalInt integer(String name, int min, int max) {
    return node(name)
        .map(node -> OptionalInt.of(integer(node, path(name), min, max)))
        .orElse(OptionalInt.empty());
  }

  public OptionalLong longInteger(String name) {
    Optional<JsonNode> node = node(name);
    if (node.isEmpty()) {
      return OptionalLong.empty();
    }
    if (!node.get().isIntegralNumber()) {
      throw wrongType(path(name), "an integer");
    }
    if (!node.get().canConvertToLong()) {
      throw ServerException.ofField(
          ServerError.INVALID_VALUE, path(name), path(name) + " must fit into 64 bits");
    }
    return OptionalLong.of(node.get().longValue());
  }

  /** A number within a range, both ends included. */
  public OptionalDouble number(String name, double min, double max) {
    return node(name)
        .map(node -> OptionalDouble.of(number(node, path(name), min, max)))
        .orElse(OptionalDouble.empty());
  }

  /** The elements of an array; none where the field is absent. */
  public List<JsonNode> array(String name) {
    return node(name).map(node -> elements(node, path(name))).orElse(List.of());
  }

  public Optional<JsonFields> object(String name) {
    return node(name).map(node -> of(node, path(name)));
  }

  /** The failure of a field that must be there. */
  public ServerException missing(String name) {
    return ServerException.ofField(
        ServerError.MISSING_FIELD, path(name), "the field " + path(name) + " is missing");
  }

  /** The failure of a field whose value cannot be. */
  public ServerException invalid(String name, String reason) {
    return ServerException.ofField(
        ServerError.INVALID_VALUE, path(name), path(name) + " " + reason);
  }

  /** The failure of a field that asks for something that is not there yet. */
  public ServerException unsupported(String name, String reason) {
    return ServerException.ofField(ServerError.UNSUPPORTED, path(name), path(name) + " " + reason);
  }

  /** The elements of an array that was found at a path. */
  public static List<JsonNode> elements(JsonNode node, String path) {
    return elements(node, path, "an array");
  }

  /**
   * The elements of an array that was found at a path.
   *
   * @param wanted what the field may be, for the failure where it is no array
   */
  public static List<JsonNode> elements(JsonNode node, String path, String wanted) {
    if (!node.isArray()) {
      throw wrongType(path, wanted);
    }
    List<JsonNode> elements = new ArrayList<>(node.size());
    node.forEach(elements::add);
    return elements;
  }

  /** The string that was found at a path. */
  public static String text(JsonNode node, String path) {
    if (!node.isTextual()) {
      throw wrongType(path, "a string");
    }
    String text = node.textValue();
    if (!UnicodeText.isWellFormed(text)) {
      throw ServerException.ofField(
          ServerError.INVALID_VALUE, path, path + " has half of a surrogate pair: no Unicode text");
    }
    return text;
  }

  /** The integer that was found at a path. */
  public static int integer(JsonNode node, String path, int min, int max) {
    if (!node.isIntegralNumber()) {
      throw wrongType(path, "an integer");
    }
    if (!node.canConvertToInt() || node.intValue() < min || node.intValue() > max) {
      throw ServerException.ofField(
          ServerError.INVALID_VALUE, path, "%s must be %d to %d".formatted(path, min, max));
    }
    return node.intValue();
  }

  /** The number that was found at a path. */
  public static double number(JsonNode node, String path, double min, double max) {
    if (!node.isNumber()) {
      throw wrongType(path, "a number");
    }
    double value = node.doubleValue();
    if (!(value >= min && value <= max)) {
      throw ServerException.ofField(
          ServerError.INVALID_VALUE, path, "%s must be %s to %s".formatted(path, min, max));
    }
    return value;
  }

  private static ServerException wrongType(String path, String wanted) {
    return ServerException.ofField(ServerError.INVALID_TYPE, path, path + " must be " + wanted);
  }

  private static String describe(JsonProcessingException failure) {
    JsonLocation at = failure.getLocation();
    String message = JsonText.wellFormed(failure.getOriginalMessage());
    return at == null
        ? message
        : "%s (line %d, column %d)".formatted(message, at.getLineNr(), at.getColumnNr());
  }
}
