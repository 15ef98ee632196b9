package dev.flyball.server.openai;

import dev.flyball.engine.Engine;
import dev.flyball.engine.GenerationRequest;
import dev.flyball.engine.dialect.AnswerEvent;
import dev.flyball.server.generate.GenerationEvents;
import dev.flyball.server.generate.GenerationGroup;
import dev.flyball.server.http.Endpoint;
import dev.flyball.server.http.Exchange;
import dev.flyball.server.json.JsonFields;
import dev.flyball.server.models.ModelLease;
import dev.flyball.units.TokenIds;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/** {@code POST /v1/chat/completions}. */
public final class ChatCompletionsEndpoint implements Endpoint {
  private final OpenAiContext context;

  public ChatCompletionsEndpoint(OpenAiContext context) {
    this.context = context;
  }

  /** A request that is ready for the engine. */
  private record Prepared(
      ChatRequest request,
      ModelLease lease,
      AnswerDialect dialect,
      List<GenerationRequest> choices) {}

  @Override
  public void handle(Exchange exchange) {
    context
        .worker()
        .compute(exchange, () -> prepare(exchange), prepared -> run(exchange, prepared));
  }

  private Prepared prepare(Exchange exchange) {
    ChatRequest request = ChatRequest.parse(JsonFields.parse(exchange.body()), context.limits());
    AnswerOptions options = request.options();
    ModelLease lease = context.models().lease(options.model(), options.keepAlive());
    return lease.guarding(
        () -> {
          Engine engine = lease.engine();
          request.params().grammar().ifPresent(engine::prepare);
          TokenIds prompt = request.prompt().encode(engine);
          AnswerDialect dialect = AnswerDialect.of(engine, prompt, request.toolNames());
          Set<Integer> markers = dialect.markerTokens(engine.tokenizer());
          int contextLength = engine.info().contextLength();
          List<GenerationRequest> choices =
              IntStream.range(0, options.choices())
                  .mapToObj(
                      choice ->
                          request
                              .params()
                              .toRequest(exchange.requestId(), prompt, choice, contextLength)
                              .withMarkers(markers))
                  .toList();
          return new Prepared(request, lease, dialect, choices);
        });
  }

  private void run(Exchange exchange, Prepared prepared) {
    GenerationGroup.start(
        exchange,
        prepared.lease(),
        prepared.choices(),
        () -> answer(exchange, prepared),
        context.observer());
  }

  private GenerationEvents answer(Exchange exchange, Prepared prepared) {
    ModelLease lease = prepared.lease();
    ChatRequest request = prepared.request();
    AnswerHead head =
        AnswerHead.of("chatcmpl-", exchange.requestId(), lease.model().name(), context.clock());
    TokenText tokens = new TokenText(lease.engine().tokenizer());
    if (request.options().stream()) {
      return new ChatStream(exchange, head, tokens, request, prepared.dialect());
    }
    int choices = request.options().choices();
    CollectedAnswer.ChoiceForm form =
        (json, index, choice) -> {
          AnswerParts parts = prepared.dialect().newParts();
          List<AnswerEvent> events = new ArrayList<>(parts.accept(choice.text()));
          events.addAll(parts.finish());
          new AssistantMessage(events).writeTo(json);
          if (request.params().logprobs()) {
            tokens.writeChat(json, choice.logprobs());
          } else {
            json.writeNullField("logprobs");
          }
          json.writeStringField("finish_reason", parts.finishReason(choice.reason()));
        };
    return new CollectedAnswer(exchange, head, "chat.completion", form, choices, choices);
  }
}
