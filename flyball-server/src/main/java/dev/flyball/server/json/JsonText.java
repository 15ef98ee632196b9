package dev.flyball.server.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** Writes JSON documents. */
public final class JsonText {
  private static final JsonFactory FACTORY = new JsonFactory();
  private static final int USUAL_BYTES = 512;

  private JsonText() {}

  /** Writes a part of a document. */
  @FunctionalInterface
  public interface Part {
    void writeTo(JsonGenerator json) throws IOException;
  }

  /** The UTF-8 bytes of one object, whose fields the given part writes. */
  public static byte[] object(Part fields) {
    return document(
        json -> {
          json.writeStartObject();
          fields.writeTo(json);
          json.writeEndObject();
        });
  }

  /** The UTF-8 bytes of one array, whose elements the given part writes. */
  public static byte[] array(Part elements) {
    return document(
        json -> {
          json.writeStartArray();
          elements.writeTo(json);
          json.writeEndArray();
        });
  }

  private static byte[] document(Part content) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(USUAL_BYTES);
    try (JsonGenerator json = FACTORY.createGenerator(bytes)) {
      content.writeTo(json);
    } catch (IOException e) {
      throw new UncheckedIOException("a document could not be written", e);
    }
    return bytes.toByteArray();
  }

  /** The text with a question mark for each half of a surrogate pair, which JSON cannot hold. */
  public static String wellFormed(String text) {
    return UnicodeText.isWellFormed(text)
        ? text
        : new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
  }
}
