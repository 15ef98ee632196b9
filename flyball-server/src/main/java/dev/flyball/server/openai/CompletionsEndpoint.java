package dev.flyball.server.openai;

import dev.flyball.engine.Engine;
import dev.flyball.engine.GenerationRequest;
import dev.flyball.server.generate.GenerationEvents;
import dev.flyball.server.generate.GenerationGroup;
import dev.flyball.server.http.Endpoint;
import dev.flyball.server.http.Exchange;
import dev.flyball.server.json.JsonFields;
import dev.flyball.server.json.JsonText;
import dev.flyball.server.models.ModelLease;
import dev.flyball.units.TokenIds;
import java.util.ArrayList;
import java.util.List;

/** {@code POST /v1/completions}. Choices are in the order of the prompts, {@code n} of each. */
public final class CompletionsEndpoint implements Endpoint {
  private final OpenAiContext context;

  public CompletionsEndpoint(OpenAiContext context) {
    this.context = context;
  }

  /**
   * A request that is ready for the engine.
   *
   * @param echoes what each prompt puts in front of its choices; empty texts without {@code echo}
   */
  private record Prepared(
      CompletionRequest request,
      ModelLease lease,
      List<GenerationRequest> choices,
      List<String> echoes) {

    String echoOf(int choice) {
      return echoes.get(choice / request.options().choices());
    }
  }

  @Override
  public void handle(Exchange exchange) {
    context
        .worker()
        .compute(exchange, () -> prepare(exchange), prepared -> run(exchange, prepared));
  }

  private Prepared prepare(Exchange exchange) {
    CompletionRequest request =
        CompletionRequest.parse(JsonFields.parse(exchange.body()), context.limits());
    AnswerOptions options = request.options();
    ModelLease lease = context.models().lease(options.model(), options.keepAlive());
    return lease.guarding(
        () -> {
          Engine engine = lease.engine();
          request.params().grammar().ifPresent(engine::prepare);
          List<GenerationRequest> choices = new ArrayList<>();
          List<String> echoes = new ArrayList<>();
          for (TextInput input : request.prompts()) {
            TokenIds prompt = input.encode(engine.tokenizer());
            for (int i = 0; i < options.choices(); i++) {
              choices.add(
                  request
                      .params()
                      .toRequest(
                          exchange.requestId(),
                          prompt,
                          choices.size(),
                          engine.info().contextLength()));
            }
            echoes.add(request.echo() ? input.text(engine.tokenizer()) : "");
          }
          return new Prepared(request, lease, choices, echoes);
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
    CompletionRequest request = prepared.request();
    AnswerHead head =
        AnswerHead.of("cmpl-", exchange.requestId(), lease.model().name(), context.clock());
    TokenText tokens = new TokenText(lease.engine().tokenizer());
    if (request.options().stream()) {
      return new CompletionStream(exchange, head, tokens, request, prepared::echoOf);
    }
    CollectedAnswer.ChoiceForm form =
        (json, index, choice) -> {
          json.writeStringField(
              "text", JsonText.wellFormed(prepared.echoOf(index) + choice.text()));
          if (request.params().logprobs()) {
            tokens.writeCompletion(json, choice.logprobs(), 0);
          } else {
            json.writeNullField("logprobs");
          }
          json.writeStringField("finish_reason", FinishReasons.nameOf(choice.reason()));
        };
    return new CollectedAnswer(
        exchange,
        head,
        CompletionStream.OBJECT,
        form,
        request.options().choices(),
        prepared.choices().size());
  }
}
