package dev.flyball.server.openai;

import dev.flyball.engine.EngineError;
import dev.flyball.engine.EngineException;
import dev.flyball.server.error.ServerException;
import dev.flyball.server.http.Exchange;
import dev.flyball.server.models.ModelLease;
import dev.flyball.server.receipt.RequestRecord;
import dev.flyball.units.Receipt;
import dev.flyball.units.TokenIds;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The texts of one request on their way through the engine, a few at a time: they share steps, but
 * a long list does not crowd other requests out. Confined to the exchange's event loop.
 *
 * @param <T> what becomes of a text
 */
final class PooledTexts<T> {
  /** As many as usually take part in a step. */
  private static final int AT_A_TIME = 8;

  /** Makes the answer. */
  interface Answer<T> {
    /**
     * The JSON document, but for the receipt.
     *
     * @param results what became of the texts, in their order
     * @throws ServerException where they are of no use
     */
    Function<Receipt, byte[]> of(List<T> results);
  }

  private final Exchange exchange;
  private final ModelLease lease;
  private final List<TokenIds> texts;
  private final Function<TokenIds, CompletableFuture<T>> work;
  private final RequestRecord record;
  private final Answer<T> answer;
  private final Deque<Integer> line = new ArrayDeque<>();
  private final Map<Integer, CompletableFuture<T>> running = new HashMap<>();
  private final SortedMap<Integer, T> results = new TreeMap<>();
  private Optional<ServerException> failure = Optional.empty();
  private boolean stopped;

  PooledTexts(
      Exchange exchange,
      ModelLease lease,
      List<TokenIds> texts,
      Function<TokenIds, CompletableFuture<T>> work,
      RequestRecord record,
      Answer<T> answer) {
    this.exchange = exchange;
    this.lease = lease;
    this.texts = texts;
    this.work = work;
    this.record = record;
    this.answer = answer;
    for (int i = 0; i < texts.size(); i++) {
      line.add(i);
    }
  }

  /** Starts; the lease is given back at the end. */
  void start() {
    exchange.onClose(this::stop);
    record.submitted(1);
    submit(AT_A_TIME);
  }

  private void submit(int atATime) {
    while (running.size() < atATime && !line.isEmpty()) {
      int index = line.remove();
      CompletableFuture<T> result = lease.guarding(() -> work.apply(texts.get(index)));
      running.put(index, result);
      var _ =
          result.whenComplete((value, why) -> exchange.execute(() -> accept(index, value, why)));
    }
  }

  private void accept(int index, @Nullable T value, @Nullable Throwable why) {
    running.remove(index);
    if (value != null) {
      results.put(index, value);
    } else if (why != null && queueIsFull(why) && !running.isEmpty()) {
      line.addFirst(index); // goes on when one of ours has made room
      return;
    } else if (why != null && !stopped && failure.isEmpty()) {
      failure = Optional.of(ServerException.from(why));
      cancelAll();
    }
    if (stopped || failure.isPresent()) {
      if (running.isEmpty()) {
        giveUp();
      }
    } else if (results.size() < texts.size()) {
      submit(AT_A_TIME);
    } else {
      finish();
    }
  }

  private void finish() {
    lease.close();
    try {
      Function<Receipt, byte[]> document = answer.of(List.copyOf(results.values()));
      Receipt receipt = record.embedded(texts.stream().mapToInt(TokenIds::size).sum());
      exchange.json(200, document.apply(receipt));
    } catch (ServerException e) {
      exchange.fail(e);
    }
  }

  private void giveUp() {
    lease.close();
    if (stopped) {
      record.abandoned();
    } else {
      exchange.fail(failure.orElseThrow());
    }
  }

  private void stop() {
    stopped = true;
    cancelAll();
  }

  private void cancelAll() {
    line.clear();
    List.copyOf(running.values()).forEach(result -> result.cancel(false));
  }

  private static boolean queueIsFull(Throwable why) {
    Throwable cause =
        why instanceof CompletionException && why.getCause() != null ? why.getCause() : why;
    return cause instanceof EngineException refused && refused.error() == EngineError.QUEUE_FULL;
  }
}
