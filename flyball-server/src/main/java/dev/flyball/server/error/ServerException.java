package dev.flyball.server.error;

import dev.flyball.engine.EngineException;
import java.io.Serial;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * A request that cannot be answered: an entry of the table, a message for the client, and, where
 * one is to blame, the field. Cheap: it has a stack trace only where it has a cause.
 */
public final class ServerException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  /** The engine does not say how long its queue of embeddings is. */
  private static final Duration QUEUE_RETRY_AFTER = Duration.ofSeconds(1);

  private final ServerError error;
  private final @Nullable String field;
  private final @Nullable Duration retryAfter;

  private ServerException(
      ServerError error,
      String message,
      @Nullable String field,
      @Nullable Duration retryAfter,
      @Nullable Throwable cause) {
    super(message, cause, false, cause != null);
    this.error = error;
    this.field = field;
    this.retryAfter = retryAfter;
  }

  public ServerException(ServerError error, String message) {
    this(error, message, null, null, null);
  }

  public ServerException(ServerError error, String message, Throwable cause) {
    this(error, message, null, null, cause);
  }

  /**
   * A failure of one field.
   *
   * @param field the field's path, e.g. {@code messages[2].content}
   */
  public static ServerException ofField(ServerError error, String field, String message) {
    return new ServerException(error, message, field, null, null);
  }

  /** A refusal that may pass after a while. */
  public static ServerException retryable(ServerError error, String message, Duration retryAfter) {
    return new ServerException(error, message, null, retryAfter, null);
  }

  /** What a client is told of a failure of the engine. */
  public static ServerException of(EngineException failure) {
    ServerError error =
        switch (failure.error()) {
          case FILE_UNREADABLE, FILE_CORRUPT -> ServerError.MODEL_UNREADABLE;
          case UNSUPPORTED_MODEL, TEMPLATE_SYNTAX -> ServerError.UNSUPPORTED_MODEL;
          case OUT_OF_MEMORY -> ServerError.INSUFFICIENT_MEMORY;
          case TEMPLATE_RENDER -> ServerError.TEMPLATE_REFUSED;
          case INVALID_INPUT -> ServerError.INVALID_VALUE;
          case QUEUE_FULL -> ServerError.QUEUE_FULL;
          case CLOSED -> ServerError.MODEL_UNLOADED;
          case INTERNAL -> ServerError.INTERNAL;
        };
    String message = failure.getMessage();
    return new ServerException(
        error,
        message == null ? error.code() : message,
        null,
        error == ServerError.QUEUE_FULL ? QUEUE_RETRY_AFTER : null,
        failure);
  }

  /** What a client is told of any failure; INTERNAL for what nobody expected. */
  public static ServerException from(Throwable failure) {
    return switch (failure) {
      case ServerException refused -> refused;
      case EngineException engineFailure -> of(engineFailure);
      case CompletionException wrapped when wrapped.getCause() != null -> from(wrapped.getCause());
      default -> new ServerException(ServerError.INTERNAL, "unexpected failure", failure);
    };
  }

  public ServerError error() {
    return error;
  }

  /** The path of the field to blame. */
  public Optional<String> field() {
    return Optional.ofNullable(field);
  }

  /** How long a client should wait before it tries again. */
  public Optional<Duration> retryAfter() {
    return Optional.ofNullable(retryAfter);
  }

  /** The message for the client; never empty. */
  public String clientMessage() {
    String message = getMessage();
    return message == null || message.isEmpty() ? error.code() : message;
  }
}
