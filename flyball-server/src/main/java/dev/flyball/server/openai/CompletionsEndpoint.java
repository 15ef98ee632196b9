package dev.flyball.server.openai;

import dev.flyball.engine.Engine;
import dev.flyball.engine.GenerationRequest;
import dev.flyball.engine.ModelUse;
import dev.flyball.engine.adapter.AdapterWish;
import dev.flyball.server.generate.GenerationEvents;
import dev.flyball.server.generate.GenerationGroup;
import dev.flyball.server.generate.GenerationGroup.Choices;
import dev.flyball.server.http.Exchange;
import dev.flyball.server.json.JsonFields;
import dev.flyball.server.json.JsonText;
import dev.flyball.server.models.ModelLease;
import dev.flyball.server.plan.RequestPlanner;
import dev.flyball.server.receipt.RequestRecord;
import dev.flyball.server.terms.RequestTerms;
import dev.flyball.units.TokenIds;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** {@code POST /v1/completions}. Choices are in the order of the prompts, {@code n} of each. */
public final class CompletionsEndpoint extends OpenAiEndpoint<CompletionsEndpoint.Prepared> {
  public CompletionsEndpoint(OpenAiContext context) {
    super(context);
  }

  /**
   * A request that is ready for the engine.
   *
   * @param echoes what each prompt puts in front of its choices; empty texts without {@code echo}
   */
  record Prepared(
      CompletionRequest request,
      RequestTerms terms,
      ModelLease lease,
      Choices choices,
      List<String> echoes) {

    String echoOf(int choice) {
      return echoes.get(choice / request.options().choices());
    }
  }

  @Override
  Prepared prepare(Exchange exchange, JsonFields fields, RequestTerms asked, RequestRecord record) {
    CompletionRequest request = CompletionRequest.parse(fields, context().limits());
    AnswerOptions options = request.options();
    ModelLease lease = context().lease(options.model(), options.keepAlive(), ModelUse.GENERATE);
    return lease.guarding(
        () -> {
          Engine engine = lease.engine();
          request.params().grammar().ifPresent(engine::prepare);
          List<TokenIds> prompts =
              request.prompts().stream().map(input -> input.encode(engine.tokenizer())).toList();
          RequestTerms terms = context().plan(lease, asked, asked(request, prompts), record);
          AdapterWish adapters = AdapterFields.wish(fields, lease, context().adapters());
          List<GenerationRequest> choices =
              choices(exchange, request, engine, prompts, terms).stream()
                  .map(choice -> choice.withAdapters(adapters))
                  .toList();
          List<String> echoes =
              request.prompts().stream()
                  .map(input -> request.echo() ? input.text(engine.tokenizer()) : "")
                  .toList();
          return new Prepared(
              request, terms, lease, new Choices(choices, options.choices()), echoes);
        });
  }

  private static RequestPlanner.Asked asked(CompletionRequest request, List<TokenIds> prompts) {
    return new RequestPlanner.Asked(
        prompts.stream().mapToInt(TokenIds::size).sum(),
        prompts.stream().mapToInt(TokenIds::size).max().orElse(0),
        prompts.size() * request.options().choices(),
        request.params().maxTokens(),
        OpenAiContext.needs(request.params()));
  }

  private static List<GenerationRequest> choices(
      Exchange exchange,
      CompletionRequest request,
      Engine engine,
      List<TokenIds> prompts,
      RequestTerms terms) {
    List<GenerationRequest> choices = new ArrayList<>();
    int contextLength = engine.info().contextLength();
    for (TokenIds prompt : prompts) {
      for (int i = 0; i < request.options().choices(); i++) {
        choices.add(
            request
                .params()
                .toRequest(
                    exchange.requestId(), prompt, choices.size(), contextLength, terms.service())
                .withCache(terms.cache()));
      }
    }
    return choices;
  }

  @Override
  void run(Exchange exchange, Prepared prepared, RequestRecord record) {
    GenerationGroup.start(
        exchange,
        prepared.lease(),
        prepared.choices(),
        () -> answer(exchange, prepared),
        context().observer(),
        record);
  }

  private GenerationEvents answer(Exchange exchange, Prepared prepared) {
    ModelLease lease = prepared.lease();
    CompletionRequest request = prepared.request();
    boolean withReceipt = prepared.terms().receipt();
    AnswerHead head = AnswerHead.of(exchange.requestId(), lease.servedName(), context().clock());
    TokenText tokens = new TokenText(lease.engine().tokenizer());
    if (request.options().stream()) {
      return new CompletionStream(exchange, head, tokens, request, prepared::echoOf, withReceipt);
    }
    CollectedAnswer.ChoiceForm form =
        (json, index, choice) -> {
          json.writeStringField(
              "text", JsonText.wellFormed(prepared.echoOf(index) + choice.message().content()));
          if (request.params().logprobs()) {
            tokens.writeCompletion(json, choice.logprobs(), 0);
          } else {
            json.writeNullField("logprobs");
          }
          json.writeStringField("finish_reason", choice.finishReason());
        };
    return new CollectedAnswer(
        exchange,
        head,
        CompletionStream.OBJECT,
        form,
        () -> new AnswerParts(Optional.empty()),
        prepared.choices().requests().size(),
        withReceipt);
  }
}
