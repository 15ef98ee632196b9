package dev.flyball.server.openai;

import dev.flyball.server.json.JsonFields;
import dev.flyball.server.models.KeepAlive;
import java.util.Optional;

/**
 * What a request says about the form of its answer.
 *
 * @param model the model's name; nothing: the default model
 * @param choices answers to each prompt ({@code n})
 * @param stream send text as it comes
 * @param includeUsage end a stream with the tokens used
 * @param keepAlive how long the model stays loaded; nothing: the server's default
 */
record AnswerOptions(
    Optional<String> model,
    int choices,
    boolean stream,
    boolean includeUsage,
    Optional<KeepAlive> keepAlive) {

  static AnswerOptions parse(JsonFields fields, int maxChoices) {
    GenerationFields generation = new GenerationFields(fields);
    boolean stream = fields.flag("stream", false);
    return new AnswerOptions(
        fields.string("model"),
        generation.choices(maxChoices),
        stream,
        generation.includeUsage(stream),
        generation.keepAlive());
  }
}
