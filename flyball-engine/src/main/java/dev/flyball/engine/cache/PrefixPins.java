package dev.flyball.engine.cache;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.Set;

/** The pins of a cache, the oldest first. */
final class PrefixPins {
  private static final int BLOCK_TOKENS = PagedKvCache.BLOCK_TOKENS;

  private final PrefixIndex index;
  private final CacheLedger ledger;
  private final SequencedSet<PrefixPin> pins = new LinkedHashSet<>();

  PrefixPins(PrefixIndex index, CacheLedger ledger) {
    this.index = index;
    this.ledger = ledger;
  }

  /** Pins what is in memory of a prefix, as far as pins may keep it. */
  PrefixPin pin(PrefixRoot root, int[] ids) {
    List<PrefixNode> path = new ArrayList<>();
    Prefix parent = root;
    for (int first = 0; first + BLOCK_TOKENS <= ids.length; first += BLOCK_TOKENS) {
      Optional<PrefixNode> next = index.find(parent, ids, first).filter(ledger::tryPin);
      if (next.isEmpty()) {
        break;
      }
      path.add(next.get());
      parent = next.get();
    }
    PrefixPin pin = new PrefixPin(this, path);
    if (!path.isEmpty()) {
      pins.add(pin);
    }
    return pin;
  }

  /** The last block first, as sequences do. */
  void unpin(PrefixPin pin) {
    pins.remove(pin);
    pin.path().reversed().forEach(ledger::unpin);
  }

  /** Lets the oldest pins go until so many bytes can be promised. */
  void giveWay(long bytes) {
    while (bytes > ledger.available()) {
      pins.getFirst().close();
    }
  }

  Collection<PrefixPin> all() {
    return Collections.unmodifiableCollection(pins);
  }

  void close() {
    Set.copyOf(pins).forEach(PrefixPin::close);
  }
}
