package dev.flyball.server.http;

import dev.flyball.server.error.ServerError;
import dev.flyball.server.error.ServerException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import org.jspecify.annotations.Nullable;

/** Reads the body of one request, up to a limit. Confined to the exchange's event loop. */
final class BodyReader {
  private final Exchange exchange;
  private final int maxBytes;
  private final Runnable whenRead;
  private Buffer body = Buffer.buffer();
  private boolean refused;

  private BodyReader(Exchange exchange, int maxBytes, Runnable whenRead) {
    this.exchange = exchange;
    this.maxBytes = maxBytes;
    this.whenRead = whenRead;
  }

  /**
   * Reads the body and then goes on.
   *
   * @throws ServerException BODY_TOO_LARGE, UNSUPPORTED_ENCODING where the head already says so
   */
  static void read(Exchange exchange, int maxBytes, Runnable whenRead) {
    new BodyReader(exchange, maxBytes, whenRead).start();
  }

  private void start() {
    HttpServerRequest request = exchange.request();
    refuseEncoded(request.getHeader("content-encoding"));
    String length = request.getHeader("content-length");
    if (length != null && announcesTooMuch(length)) {
      throw tooLarge();
    }
    if ("100-continue".equalsIgnoreCase(request.getHeader("expect"))) {
      request.response().writeContinue();
    }
    request.handler(this::accept);
    request.endHandler(ended -> finish());
  }

  private static void refuseEncoded(@Nullable String encoding) {
    if (encoding != null && !encoding.isBlank() && !encoding.strip().equalsIgnoreCase("identity")) {
      throw new ServerException(
          ServerError.UNSUPPORTED_ENCODING,
          "the body has the Content-Encoding '%s', but it can only come as it is; send it without compression"
              .formatted(encoding.strip()));
    }
  }

  private boolean announcesTooMuch(String length) {
    try {
      return Long.parseLong(length) > maxBytes;
    } catch (NumberFormatException e) {
      throw new ServerException(
          ServerError.MALFORMED_REQUEST, "the Content-Length header is no number");
    }
  }

  private void accept(Buffer chunk) {
    if (refused) {
      return;
    }
    if ((long) body.length() + chunk.length() > maxBytes) {
      refused = true;
      body = Buffer.buffer();
      exchange.fail(tooLarge());
    } else {
      body = body.length() == 0 ? chunk : body.appendBuffer(chunk);
    }
  }

  private void finish() {
    if (!refused && !exchange.isOver()) {
      exchange.bodyRead(body.getBytes());
      body = Buffer.buffer();
      exchange.guard(whenRead);
    }
  }

  private ServerException tooLarge() {
    return new ServerException(
        ServerError.BODY_TOO_LARGE, "the body may have at most " + maxBytes + " bytes");
  }
}
