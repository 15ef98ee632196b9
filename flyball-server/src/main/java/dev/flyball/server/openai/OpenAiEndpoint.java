package dev.flyball.server.openai;

import dev.flyball.server.http.Endpoint;
import dev.flyball.server.http.Exchange;
import dev.flyball.server.json.JsonFields;
import dev.flyball.server.receipt.RequestRecord;
import dev.flyball.server.terms.RequestTerms;
import dev.flyball.server.terms.TermHeaders;

/**
 * What all endpoints share that put a model to work: a record is opened for the receipt, the
 * request is read and encoded on a worker thread, and run from there.
 *
 * @param <P> a request that is ready for the engine
 */
abstract sealed class OpenAiEndpoint<P> implements Endpoint
    permits ChatCompletionsEndpoint, CompletionsEndpoint, PooledEndpoint {
  private final OpenAiContext context;

  OpenAiEndpoint(OpenAiContext context) {
    this.context = context;
  }

  /** Reads a request, takes its model into use and encodes its texts; on a worker thread. */
  abstract P prepare(
      Exchange exchange, JsonFields fields, RequestTerms asked, RequestRecord record);

  /** Gives a request to the engine; the exchange may be over by now. */
  abstract void run(Exchange exchange, P prepared, RequestRecord record);

  @Override
  public final void handle(Exchange exchange) {
    TermHeaders headers = TermHeaders.of(exchange);
    RequestRecord record = context.receipts().open(exchange, headers);
    context
        .worker()
        .compute(
            exchange,
            () -> {
              JsonFields fields = JsonFields.parse(exchange.body());
              return prepare(exchange, fields, context.terms(headers, fields, record), record);
            },
            prepared -> run(exchange, prepared, record));
  }

  final OpenAiContext context() {
    return context;
  }
}
