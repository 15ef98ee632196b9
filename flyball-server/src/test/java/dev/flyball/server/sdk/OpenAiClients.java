package dev.flyball.server.sdk;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import dev.flyball.server.FlyballServer;

/** The official Java SDK's clients of servers on this machine. */
final class OpenAiClients {
  private OpenAiClients() {}

  /** A client that sends every request once, so that an error is seen as it came. */
  static OpenAIClient of(FlyballServer server) {
    return OpenAIOkHttpClient.builder()
        .baseUrl(server.uri() + "/v1")
        .apiKey("not-needed")
        .maxRetries(0)
        .build();
  }
}
