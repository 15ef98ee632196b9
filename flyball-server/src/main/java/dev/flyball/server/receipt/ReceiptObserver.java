package dev.flyball.server.receipt;

import dev.flyball.units.Receipt;

/** Is told of every receipt, once. Must be quick and thread-safe. */
@FunctionalInterface
public interface ReceiptObserver {
  /** A request is over. */
  void onReceipt(Receipt receipt);
}
