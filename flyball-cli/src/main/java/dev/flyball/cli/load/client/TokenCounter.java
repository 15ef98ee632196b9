package dev.flyball.cli.load.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flyball.cli.console.CommandFailure;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.OptionalInt;

/** Counts tokens of texts in the server's own vocabulary. */
sealed interface TokenCounter {
  /** Tokens of a text; of several texts' counts only differences mean something. */
  int count(String text);

  /** How it is done, for the report. */
  String description();

  /**
   * The best way that a server offers: {@code /tokenize} as Flyball, llama.cpp and vLLM have it,
   * else requests of one token, whose usage tells; nothing where neither is there.
   *
   * @throws CommandFailure where the server does not answer
   */
  static Optional<TokenCounter> of(PlainCalls calls, TargetServer target) {
    Tokenize tokenize = new Tokenize(calls, target.model());
    if (tokenize.tryCount("a b").isPresent()) {
      return Optional.of(tokenize);
    }
    Usage usage = new Usage(calls, target);
    return usage.tryCount("a b").isPresent() ? Optional.of(usage) : Optional.empty();
  }

  /** {@code POST /tokenize}. */
  record Tokenize(PlainCalls calls, Optional<String> model) implements TokenCounter {
    private static final ObjectMapper JSON = new ObjectMapper();

    OptionalInt tryCount(String text) {
      ObjectNode body = JSON.createObjectNode();
      model.ifPresent(name -> body.put("model", name));
      body.put("content", text).put("add_special", false); // Flyball, llama.cpp
      body.put("prompt", text).put("add_special_tokens", false); // vLLM
      PlainCalls.Reply reply =
          calls.post("/tokenize", body.toString().getBytes(StandardCharsets.UTF_8));
      JsonNode tokens = reply.ok() ? reply.json().path("tokens") : JSON.missingNode();
      return tokens.isArray() ? OptionalInt.of(tokens.size()) : OptionalInt.empty();
    }

    @Override
    public int count(String text) {
      return tryCount(text)
          .orElseThrow(() -> new CommandFailure("the server no longer answers /tokenize"));
    }

    @Override
    public String description() {
      return "the server's /tokenize";
    }
  }

  /** {@code usage.prompt_tokens} of a request for one token. */
  record Usage(PlainCalls calls, TargetServer target) implements TokenCounter {
    OptionalInt tryCount(String text) {
      PlainCalls.Reply reply = calls.post(target.api().path(), target.probeBody(text));
      if (!reply.ok()) {
        throw new CommandFailure(
            "the server at %s answers a first request with status %d: %s"
                .formatted(target.base(), reply.status(), reply.errorMessage()));
      }
      return TokenCounts.of(reply.json().path("usage"))
          .map(usage -> OptionalInt.of(Math.toIntExact(usage.prompt())))
          .orElse(OptionalInt.empty());
    }

    @Override
    public int count(String text) {
      return tryCount(text)
          .orElseThrow(() -> new CommandFailure("the server no longer sends usage"));
    }

    @Override
    public String description() {
      return "usage.prompt_tokens of requests for one token";
    }
  }
}
