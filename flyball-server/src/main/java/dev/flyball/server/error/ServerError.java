package dev.flyball.server.error;

/**
 * The kinds of failure that a client can see; {@code docs/errors.md} says for each what to do.
 *
 * <p>Status, type and code are those of the OpenAI API where it has the same failure.
 */
public enum ServerError {
  MALFORMED_REQUEST(400, "invalid_request_error", "malformed_request"),
  INVALID_JSON(400, "invalid_request_error", "invalid_json"),
  INVALID_TYPE(400, "invalid_request_error", "invalid_type"),
  INVALID_VALUE(400, "invalid_request_error", "invalid_value"),
  MISSING_FIELD(400, "invalid_request_error", "missing_required_parameter"),
  UNSUPPORTED(400, "invalid_request_error", "unsupported_parameter"),
  CONTEXT_LENGTH_EXCEEDED(400, "invalid_request_error", "context_length_exceeded"),
  WRONG_KIND_OF_MODEL(400, "invalid_request_error", "wrong_kind_of_model"),
  NO_CHAT_TEMPLATE(400, "invalid_request_error", "no_chat_template"),
  TEMPLATE_REFUSED(400, "invalid_request_error", "chat_template_refused"),
  INVALID_API_KEY(401, "invalid_request_error", "invalid_api_key"),
  FORBIDDEN_HOST(403, "permission_error", "forbidden_host"),
  FORBIDDEN_ORIGIN(403, "permission_error", "forbidden_origin"),
  ADMIN_KEY_NEEDED(403, "permission_error", "admin_key_needed"),
  UNKNOWN_PATH(404, "invalid_request_error", "unknown_url"),
  MODEL_NOT_FOUND(404, "invalid_request_error", "model_not_found"),
  RECEIPT_NOT_FOUND(404, "invalid_request_error", "request_not_found"),
  METHOD_NOT_ALLOWED(405, "invalid_request_error", "method_not_allowed"),
  BODY_TIMEOUT(408, "invalid_request_error", "request_timeout"),
  BODY_TOO_LARGE(413, "invalid_request_error", "request_too_large"),
  URI_TOO_LONG(414, "invalid_request_error", "uri_too_long"),
  UNSUPPORTED_ENCODING(415, "invalid_request_error", "unsupported_content_encoding"),
  QUEUE_FULL(429, "rate_limit_error", "queue_full"),
  TOO_LATE(429, "rate_limit_error", "too_late"),
  HEADERS_TOO_LARGE(431, "invalid_request_error", "headers_too_large"),
  INTERNAL(500, "server_error", "internal_error"),
  MODEL_UNREADABLE(500, "server_error", "model_unreadable"),
  UNSUPPORTED_MODEL(501, "server_error", "unsupported_model"),
  INSUFFICIENT_MEMORY(503, "server_error", "insufficient_memory"),
  MODEL_UNLOADED(503, "server_error", "model_unloaded"),
  STOPPING(503, "server_error", "server_stopping");

  private final int status;
  private final String type;
  private final String code;

  ServerError(int status, String type, String code) {
    this.status = status;
    this.type = type;
    this.code = code;
  }

  /** The HTTP status. */
  public int status() {
    return status;
  }

  /** {@code error.type} of the response. */
  public String type() {
    return type;
  }

  /** {@code error.code} of the response. */
  public String code() {
    return code;
  }
}
