package dev.flyball.server.openai;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flyball.server.error.ServerException;
import dev.flyball.server.generate.ImageInput;
import dev.flyball.server.json.JsonFields;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;

/** Reads the images of a conversation, which come as {@code data:} URLs (RFC 2397). */
final class ImageParts {
  static final int MAX_IMAGES = 32;

  private static final String SCHEME = "data:";
  private static final String BASE64 = ";base64";

  private final List<ImageInput> images = new ArrayList<>();

  /** Those read so far, in order. */
  List<ImageInput> images() {
    return List.copyOf(images);
  }

  /**
   * Reads {@code image_url} of a part: a URL, or an object with one.
   *
   * @throws ServerException UNSUPPORTED where the URL would have to be fetched, INVALID_VALUE where
   *     it has no image in it, or there are too many
   */
  void add(JsonFields part) {
    if (images.size() == MAX_IMAGES) {
      throw part.invalid("image_url", "is one image too many: at most " + MAX_IMAGES + " may come");
    }
    JsonNode node = part.requiredNode("image_url");
    if (node.isObject()) {
      JsonFields object = JsonFields.of(node, part.path("image_url"));
      add(object, "url", object.requiredString("url"));
    } else {
      add(part, "image_url", part.requiredString("image_url"));
    }
  }

  private void add(JsonFields fields, String name, String url) {
    String start = url.substring(0, Math.min(url.length(), 16)).toLowerCase(Locale.ROOT);
    if (start.startsWith("http:") || start.startsWith("https:") || start.startsWith("file:")) {
      throw fields.unsupported(
          name,
          "is a URL that would have to be fetched, but this server fetches nothing for others; send the image itself as data:image/png;base64,...");
    }
    int comma = url.indexOf(',');
    if (!start.startsWith(SCHEME) || comma < 0) {
      throw fields.invalid(name, "must be a data: URL, as in data:image/png;base64,...");
    }
    String type = url.substring(SCHEME.length(), comma).toLowerCase(Locale.ROOT);
    if (!type.endsWith(BASE64) || !(type.startsWith("image/") || type.equals(BASE64))) {
      throw fields.invalid(name, "must be an image in base64, as in data:image/png;base64,...");
    }
    images.add(new ImageInput(fields.path(name), decode(fields, name, url.substring(comma + 1))));
  }

  private static byte[] decode(JsonFields fields, String name, String base64) {
    if (base64.isEmpty()) {
      throw fields.invalid(name, "has no image behind its comma");
    }
    try {
      return Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException e) {
      throw fields.invalid(name, "is no valid base64: " + e.getMessage());
    }
  }
}
