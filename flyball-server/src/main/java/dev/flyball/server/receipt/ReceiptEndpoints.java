package dev.flyball.server.receipt;

import dev.flyball.server.error.ServerError;
import dev.flyball.server.error.ServerException;
import dev.flyball.server.http.Exchange;
import dev.flyball.server.json.JsonText;
import dev.flyball.units.Receipt;
import java.util.List;

/** {@code GET /admin/requests} and {@code GET /admin/requests/ID}. */
public final class ReceiptEndpoints {
  private static final int USUAL_LIMIT = 20;
  private static final int MAX_LIMIT = 1000;

  private final ReceiptBook book;

  public ReceiptEndpoints(ReceiptBook book) {
    this.book = book;
  }

  /** The last receipts, the youngest first; {@code limit} says how many. */
  public void list(Exchange exchange) {
    int limit = exchange.queryParameter("limit").map(ReceiptEndpoints::limit).orElse(USUAL_LIMIT);
    List<Receipt> receipts = book.latest(limit);
    exchange.json(
        200,
        JsonText.object(
            json -> {
              json.writeStringField("object", "list");
              json.writeArrayFieldStart("data");
              for (Receipt receipt : receipts) {
                json.writeStartObject();
                ReceiptJson.write(json, receipt);
                json.writeEndObject();
              }
              json.writeEndArray();
            }));
  }

  /** One receipt. */
  public void find(Exchange exchange) {
    Receipt receipt =
        book.find(exchange.parameter())
            .orElseThrow(
                () ->
                    new ServerException(
                        ServerError.RECEIPT_NOT_FOUND,
                        "there is no receipt of this id: its request may still run, or be longer"
                            + " ago than FLYBALL_RECEIPTS reaches"));
    exchange.json(200, JsonText.object(json -> ReceiptJson.write(json, receipt)));
  }

  private static int limit(String text) {
    try {
      int limit = Integer.parseInt(text);
      if (limit >= 1 && limit <= MAX_LIMIT) {
        return limit;
      }
    } catch (NumberFormatException e) {
      // answered below, as a number out of range is
    }
    throw ServerException.ofField(
        ServerError.INVALID_VALUE, "limit", "limit must be 1 to " + MAX_LIMIT);
  }
}
