package dev.flyball.engine.schedule;

import dev.flyball.units.TokenIds;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Memory in blocks that prompts share, as plain as it can be. */
final class SimulatedMemory {
  final int blockTokens;
  final int capacityBlocks;
  private final Map<TokenIds, Integer> holdersByPrefix = new LinkedHashMap<>();
  private final List<SimulatedSequence> open = new ArrayList<>();

  /** Blocks that were computed although another sequence's equal block was there. */
  int computedTwice;

  SimulatedMemory(int blockTokens, int capacityBlocks) {
    this.blockTokens = blockTokens;
    this.capacityBlocks = capacityBlocks;
  }

  long freeTokens() {
    return (long) (capacityBlocks - usedBlocks()) * blockTokens;
  }

  int usedBlocks() {
    int shared = (int) holdersByPrefix.values().stream().filter(holders -> holders > 0).count();
    return shared + ownBlocks();
  }

  private int ownBlocks() {
    return open.stream().mapToInt(sequence -> sequence.ownBlocks).sum();
  }

  void open(SimulatedSequence sequence) {
    open.add(sequence);
  }

  /** Takes a block over, where it is there. */
  boolean share(TokenIds prefix) {
    return holdersByPrefix.computeIfPresent(prefix, (_, holders) -> holders + 1) != null;
  }

  /** Makes a block that was computed known; its owner holds it like others from now on. */
  boolean publish(TokenIds prefix) {
    boolean isNew = holdersByPrefix.putIfAbsent(prefix, 1) == null;
    computedTwice += isNew ? 0 : 1;
    return isNew;
  }

  boolean take(int blocks) {
    if (blocks > capacityBlocks - usedBlocks()) {
      return false;
    }
    Iterator<Integer> kept = holdersByPrefix.values().iterator();
    while (holdersByPrefix.size() + ownBlocks() + blocks > capacityBlocks && kept.hasNext()) {
      if (kept.next() == 0) {
        kept.remove();
      }
    }
    return true;
  }

  void close(SimulatedSequence sequence, List<TokenIds> sharedPrefixes) {
    open.remove(sequence);
    sharedPrefixes.forEach(
        prefix -> holdersByPrefix.computeIfPresent(prefix, (_, holders) -> holders - 1));
  }
}
