package dev.flyball.server.receipt;

import dev.flyball.server.energy.EnergyMeter;
import dev.flyball.server.http.Exchange;
import dev.flyball.server.terms.TermHeaders;
import dev.flyball.units.Receipt;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;

/** Opens a record for every request, and tells all observers of its receipt. Thread-safe. */
public final class ReceiptOffice {
  private final EnergyMeter meter;
  private final InstantSource clock;
  private final List<ReceiptObserver> observers;

  public ReceiptOffice(EnergyMeter meter, InstantSource clock, List<ReceiptObserver> observers) {
    this.meter = meter;
    this.clock = clock;
    this.observers = List.copyOf(observers);
  }

  /** Opens the record of a request whose body was read; to be called on its event loop. */
  public RequestRecord open(Exchange exchange, TermHeaders headers) {
    Duration elapsed = exchange.elapsed();
    RequestRecord record =
        new RequestRecord(
            exchange.requestId(),
            headers.clientId(),
            clock.instant().minus(elapsed),
            exchange::elapsed,
            meter,
            this::tell);
    exchange.onFailure(record::failed);
    return record;
  }

  private void tell(Receipt receipt) {
    for (ReceiptObserver observer : observers) {
      observer.onReceipt(receipt);
    }
  }
}
