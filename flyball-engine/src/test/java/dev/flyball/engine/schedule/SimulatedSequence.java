package dev.flyball.engine.schedule;

import dev.flyball.units.ServiceTerms;
import dev.flyball.units.TokenIds;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;

/** A sequence of a simulated engine. */
final class SimulatedSequence implements ScheduledSequence {
  private final SimulatedMemory memory;
  private final TokenIds prompt;
  private final int maxOutput;
  private final ServiceTerms terms;
  private final long submittedNanos;
  private final PrefixKeys keys;
  private final List<TokenIds> shared = new ArrayList<>();
  private boolean open;
  private int computed;
  private int room;
  int ownBlocks;
  int output;
  int releases;
  int guessed;
  OptionalDouble swapNanos = OptionalDouble.empty();
  final List<PreemptionMode> modes = new ArrayList<>();
  long firstTokenNanos = -1;

  SimulatedSequence(
      SimulatedMemory memory,
      TokenIds prompt,
      int maxOutput,
      ServiceTerms terms,
      long submittedNanos) {
    this.memory = memory;
    this.prompt = prompt;
    this.maxOutput = maxOutput;
    this.terms = terms;
    this.submittedNanos = submittedNanos;
    keys = PrefixKeys.of(prompt, memory.blockTokens);
  }

  @Override
  public int pendingTokens() {
    return prompt.size() + output - computed + (decoding() ? guessed : 0);
  }

  @Override
  public boolean decoding() {
    return output > 0 && prompt.size() + output - computed == 1;
  }

  @Override
  public int computedTokens() {
    return computed;
  }

  @Override
  public int mostTokens() {
    return prompt.size() + maxOutput - 1;
  }

  @Override
  public ServiceTerms terms() {
    return terms;
  }

  @Override
  public long submittedNanos() {
    return submittedNanos;
  }

  @Override
  public PrefixKeys prefixKeys() {
    return keys;
  }

  @Override
  public int adopt() {
    if (!open) {
      open = true;
      memory.open(this);
    }
    int before = computed;
    int block = memory.blockTokens;
    while (computed % block == 0
        && ownBlocks == 0
        && computed + block < prompt.size()
        && memory.share(prefix(computed / block))) {
      shared.add(prefix(computed / block));
      computed += block;
    }
    room = Math.max(room, computed);
    return computed - before;
  }

  @Override
  public OptionalDouble swapNanos() {
    return swapNanos;
  }

  @Override
  public boolean tryGrow(int tokens) {
    int needed = Math.ceilDiv(computed + tokens, memory.blockTokens) - shared.size() - ownBlocks;
    if (needed > 0 && !memory.take(needed)) {
      return false;
    }
    ownBlocks += Math.max(0, needed);
    room = Math.max(room, computed + tokens);
    return true;
  }

  @Override
  public void release(PreemptionMode mode) {
    if (open) {
      memory.close(this, shared);
    }
    releases++;
    modes.add(mode);
    open = false;
    shared.clear();
    ownBlocks = 0;
    computed = 0;
    room = 0;
  }

  /** Runs a step's tokens. */
  void compute(int tokens, long nowNanos) {
    if (tokens < 1 || tokens > pendingTokens() || computed + tokens > room) {
      throw new AssertionError(tokens + " of " + pendingTokens() + " tokens, room to " + room);
    }
    int known = prompt.size() + output;
    int accepted = Math.max(0, computed + tokens - known);
    computed += tokens;
    if (computed >= known) {
      firstTokenNanos = firstTokenNanos < 0 ? nowNanos : firstTokenNanos;
      output += 1 + accepted;
    }
    publishWholeBlocks();
  }

  boolean finished() {
    return output >= maxOutput;
  }

  int tokensInMemory() {
    return computed;
  }

  private void publishWholeBlocks() {
    int block = memory.blockTokens;
    while ((shared.size() + 1) * block <= Math.min(computed, prompt.size())) {
      TokenIds prefix = prefix(shared.size());
      if (!memory.publish(prefix)) {
        return;
      }
      shared.add(prefix);
      ownBlocks--;
    }
  }

  private TokenIds prefix(int blockIndex) {
    return TokenIds.of(Arrays.copyOf(prompt.toArray(), (blockIndex + 1) * memory.blockTokens));
  }
}
