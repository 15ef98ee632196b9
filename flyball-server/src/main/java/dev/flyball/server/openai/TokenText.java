package dev.flyball.server.openai;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.flyball.engine.sample.TokenLogprob;
import dev.flyball.engine.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Writes tokens and their log-probabilities, in the two forms that the OpenAI API has. */
final class TokenText {
  /** Stands for minus infinity, which JSON does not have; the OpenAI API does the same. */
  private static final float LEAST_LOGPROB = -9999;

  private final Tokenizer tokenizer;

  TokenText(Tokenizer tokenizer) {
    this.tokenizer = tokenizer;
  }

  String textOf(int token) {
    return new String(tokenizer.bytes(token, true), StandardCharsets.UTF_8);
  }

  /** The form of chat: {@code {"content":[{"token","logprob","bytes","top_logprobs"}]}}. */
  void writeChat(JsonGenerator json, List<TokenLogprob> logprobs) throws IOException {
    json.writeObjectFieldStart("logprobs");
    json.writeArrayFieldStart("content");
    for (TokenLogprob entry : logprobs) {
      json.writeStartObject();
      writeToken(json, entry.token(), entry.logprob());
      json.writeArrayFieldStart("top_logprobs");
      for (TokenLogprob.Alternative alternative : entry.top()) {
        json.writeStartObject();
        writeToken(json, alternative.token(), alternative.logprob());
        json.writeEndObject();
      }
      json.writeEndArray();
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeNullField("refusal");
    json.writeEndObject();
  }

  /**
   * The form of completions: parallel arrays.
   *
   * @param offset where the first token begins in the text, in characters
   * @return where the next token will begin
   */
  int writeCompletion(JsonGenerator json, List<TokenLogprob> logprobs, int offset)
      throws IOException {
    json.writeObjectFieldStart("logprobs");
    json.writeArrayFieldStart("tokens");
    for (TokenLogprob entry : logprobs) {
      json.writeString(textOf(entry.token()));
    }
    json.writeEndArray();
    json.writeArrayFieldStart("token_logprobs");
    for (TokenLogprob entry : logprobs) {
      json.writeNumber(finite(entry.logprob()));
    }
    json.writeEndArray();
    json.writeArrayFieldStart("top_logprobs");
    for (TokenLogprob entry : logprobs) {
      writeTop(json, entry.top());
    }
    json.writeEndArray();
    json.writeArrayFieldStart("text_offset");
    int next = offset;
    for (TokenLogprob entry : logprobs) {
      json.writeNumber(next);
      next += textOf(entry.token()).length();
    }
    json.writeEndArray();
    json.writeEndObject();
    return next;
  }

  private void writeTop(JsonGenerator json, List<TokenLogprob.Alternative> top) throws IOException {
    json.writeStartObject();
    for (TokenLogprob.Alternative alternative : top) {
      json.writeNumberField(textOf(alternative.token()), finite(alternative.logprob()));
    }
    json.writeEndObject();
  }

  private void writeToken(JsonGenerator json, int token, float logprob) throws IOException {
    json.writeStringField("token", textOf(token));
    json.writeNumberField("logprob", finite(logprob));
    json.writeArrayFieldStart("bytes");
    for (byte unsigned : tokenizer.bytes(token, true)) {
      json.writeNumber(Byte.toUnsignedInt(unsigned));
    }
    json.writeEndArray();
  }

  private static float finite(float logprob) {
    return logprob >= LEAST_LOGPROB ? logprob : LEAST_LOGPROB; // NaN too
  }
}
