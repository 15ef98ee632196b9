package dev.flyball.server.generate;

import dev.flyball.server.error.ServerError;
import dev.flyball.server.error.ServerException;
import dev.flyball.server.http.Exchange;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Does what would hold an event loop up (loading models, rendering templates, tokenizing) on
 * virtual threads. The limit on active requests bounds them. Thread-safe.
 */
public final class Worker implements AutoCloseable {
  private final ExecutorService threads =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("flyball-worker-", 0).factory());

  /**
   * Computes something on a virtual thread and goes on with it on the exchange's event loop. Where
   * computing fails, the exchange is answered with the error instead.
   *
   * @param then also called where the exchange is over by then, so that it can give back what was
   *     taken
   */
  public <T> void compute(Exchange exchange, Supplier<T> computation, Consumer<T> then) {
    try {
      threads.execute(() -> run(exchange, computation, then));
    } catch (RejectedExecutionException e) {
      throw new ServerException(ServerError.STOPPING, "the server is stopping");
    }
  }

  private static <T> void run(Exchange exchange, Supplier<T> computation, Consumer<T> then) {
    T result;
    try {
      result = computation.get();
    } catch (Throwable failure) { // whatever it is, the client must get an answer
      ServerException answer = ServerException.from(failure);
      exchange.execute(() -> exchange.fail(answer));
      return;
    }
    exchange.execute(() -> then.accept(result));
  }

  /** Takes no more work; does not wait for what runs. */
  @Override
  public void close() {
    threads.shutdown();
  }
}
