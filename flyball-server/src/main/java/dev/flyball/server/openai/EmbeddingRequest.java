package dev.flyball.server.openai;

import dev.flyball.server.generate.RequestLimits;
import dev.flyball.server.json.JsonFields;
import dev.flyball.server.models.KeepAlive;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A request to {@code /v1/embeddings}.
 *
 * @param base64 vectors as base64 of little-endian float32 instead of numbers
 * @param dimensions how many values of each vector are wanted, the first ones
 * @param length what becomes of texts that are too long
 */
record EmbeddingRequest(
    Optional<String> model,
    Optional<KeepAlive> keepAlive,
    List<TextInput> inputs,
    boolean base64,
    OptionalInt dimensions,
    TextLength length) {

  static EmbeddingRequest parse(JsonFields fields, RequestLimits limits) {
    String format = fields.string("encoding_format").orElse("float");
    if (!format.equals("float") && !format.equals("base64")) {
      throw fields.invalid("encoding_format", "must be float or base64");
    }
    return new EmbeddingRequest(
        fields.string("model"),
        new GenerationFields(fields).keepAlive(),
        TextInput.parse(fields, "input", limits.maxInputs()),
        format.equals("base64"),
        fields.integer("dimensions", 1, Integer.MAX_VALUE),
        TextLength.parse(fields));
  }
}
