package dev.flyball.server.receipt;

import dev.flyball.units.Receipt;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The last receipts, in memory. Thread-safe. */
public final class ReceiptBook implements ReceiptObserver {
  private final int capacity;
  private final Deque<Receipt> receipts = new ArrayDeque<>();
  private final Map<String, Receipt> byId = new HashMap<>();

  /**
   * An empty book.
   *
   * @param capacity receipts that are kept; one more, and the oldest is forgotten
   */
  public ReceiptBook(int capacity) {
    this.capacity = capacity;
  }

  @Override
  public synchronized void onReceipt(Receipt receipt) {
    if (capacity == 0) {
      return;
    }
    if (receipts.size() == capacity) {
      Receipt oldest = receipts.removeFirst();
      byId.remove(oldest.id(), oldest);
    }
    receipts.addLast(receipt);
    byId.put(receipt.id(), receipt);
  }

  /** The receipt of a request. */
  public synchronized Optional<Receipt> find(String id) {
    return Optional.ofNullable(byId.get(id));
  }

  /** The last receipts, the youngest first. */
  public synchronized List<Receipt> latest(int limit) {
    List<Receipt> latest = new ArrayList<>(Math.min(limit, receipts.size()));
    Iterator<Receipt> youngestFirst = receipts.descendingIterator();
    while (latest.size() < limit && youngestFirst.hasNext()) {
      latest.add(youngestFirst.next());
    }
    return latest;
  }
}
