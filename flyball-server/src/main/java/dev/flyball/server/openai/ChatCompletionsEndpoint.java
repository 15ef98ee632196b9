package dev.flyball.server.openai;

import dev.flyball.engine.Engine;
import dev.flyball.engine.GenerationRequest;
import dev.flyball.engine.ModelUse;
import dev.flyball.engine.adapter.AdapterWish;
import dev.flyball.engine.dialect.AnswerRules;
import dev.flyball.governor.Need;
import dev.flyball.server.generate.GenerationEvents;
import dev.flyball.server.generate.GenerationGroup;
import dev.flyball.server.generate.GenerationGroup.Choices;
import dev.flyball.server.generate.PreparedPrompt;
import dev.flyball.server.http.Exchange;
import dev.flyball.server.json.JsonFields;
import dev.flyball.server.models.ModelLease;
import dev.flyball.server.plan.RequestPlanner;
import dev.flyball.server.receipt.RequestRecord;
import dev.flyball.server.terms.RequestTerms;
import dev.flyball.units.TokenIds;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/** {@code POST /v1/chat/completions}. */
public final class ChatCompletionsEndpoint
    extends OpenAiEndpoint<ChatCompletionsEndpoint.Prepared> {
  public ChatCompletionsEndpoint(OpenAiContext context) {
    super(context);
  }

  /** A request that is ready for the engine. */
  record Prepared(
      ChatRequest request,
      RequestTerms terms,
      ModelLease lease,
      AnswerDialect dialect,
      Choices choices) {}

  @Override
  Prepared prepare(Exchange exchange, JsonFields fields, RequestTerms asked, RequestRecord record) {
    ChatRequest request = ChatRequest.parse(fields, context().limits());
    AnswerOptions options = request.options();
    ModelLease lease = context().lease(options.model(), options.keepAlive(), ModelUse.GENERATE);
    return lease.guarding(
        () -> {
          Engine engine = lease.engine();
          PreparedPrompt prepared = PreparedPrompt.of(request.prompt(), engine);
          record.encoded(prepared.work());
          TokenIds prompt = prepared.tokens();
          AnswerDialect dialect = AnswerDialect.of(engine, prompt, request.tools().functions());
          RequestTerms terms =
              context().plan(lease, asked, asked(request, prompt, dialect), record);
          AnswerForm form = AnswerForm.of(request, dialect.dialect(), engine.tokenizer());
          form.grammar().ifPresent(engine::prepare);
          AdapterWish adapters = AdapterFields.wish(fields, lease, context().adapters());
          Set<Integer> markers = dialect.markerTokens(engine.tokenizer());
          Optional<AnswerRules> rules = dialect.rules(engine, request.reasoning(), form.start());
          int contextLength = engine.info().contextLength();
          List<GenerationRequest> choices =
              IntStream.range(0, options.choices())
                  .mapToObj(
                      choice ->
                          prepared
                              .in(
                                  request
                                      .params()
                                      .toRequest(
                                          exchange.requestId(),
                                          prompt,
                                          choice,
                                          contextLength,
                                          terms.service()))
                              .withCache(terms.cache())
                              .withAdapters(adapters)
                              .withMarkers(markers)
                              .withGrammar(form.grammar())
                              .withRules(rules))
                  .toList();
          return new Prepared(
              request, terms, lease, dialect, new Choices(choices, options.choices()));
        });
  }

  private static RequestPlanner.Asked asked(
      ChatRequest request, TokenIds prompt, AnswerDialect dialect) {
    Set<Need> needs = OpenAiContext.needs(request.params());
    if (!request.tools().functions().isEmpty()) {
      needs.add(Need.TOOLS);
    }
    if (dialect.thinks()) {
      needs.add(Need.REASONING);
    }
    return new RequestPlanner.Asked(
        prompt.size(),
        prompt.size(),
        request.options().choices(),
        request.params().maxTokens(),
        needs);
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
    ChatRequest request = prepared.request();
    boolean withReceipt = prepared.terms().receipt();
    AnswerHead head = AnswerHead.of(exchange.requestId(), lease.servedName(), context().clock());
    TokenText tokens = new TokenText(lease.engine().tokenizer());
    if (request.options().stream()) {
      return new ChatStream(exchange, head, tokens, request, prepared.dialect(), withReceipt);
    }
    CollectedAnswer.ChoiceForm form =
        (json, index, choice) -> {
          choice.message().writeTo(json);
          if (request.params().logprobs()) {
            tokens.writeChat(json, choice.logprobs());
          } else {
            json.writeNullField("logprobs");
          }
          json.writeStringField("finish_reason", choice.finishReason());
        };
    return new CollectedAnswer(
        exchange,
        head,
        "chat.completion",
        form,
        prepared.dialect()::newParts,
        request.options().choices(),
        withReceipt);
  }
}
