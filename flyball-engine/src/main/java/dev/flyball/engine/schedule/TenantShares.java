package dev.flyball.engine.schedule;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * What each tenant was served, in weighted tokens: virtual token counters (Sheng et al., Fairness
 * in Serving Large Language Models, OSDI 2024, arXiv:2401.00588). A tenant who comes with nothing
 * in line is lifted to the least served of those who wait, or who waited last, so that nobody saves
 * up for later. Those who are gone are remembered up to a bound. Not thread-safe.
 */
final class TenantShares {
  /** An output token costs a model more than one of a prompt; the paper's weights. */
  static final int PROMPT_WEIGHT = 1;

  static final int OUTPUT_WEIGHT = 2;

  private static final int REMEMBERED = 1024;

  private final Map<String, Tenant> tenants = new LinkedHashMap<>(16, 0.75f, true);
  private final Set<Tenant> inLine = new LinkedHashSet<>();
  private long lastLeft;

  /** One tenant's account. */
  static final class Tenant {
    private long served;
    private int prompts;
    private int sequences;

    private Tenant() {}

    /** Weighted tokens. */
    long served() {
      return served;
    }

    void serve(long weightedTokens) {
      served += weightedTokens;
    }
  }

  /** A tenant's sequence comes, and its prompt stands in line. */
  Tenant come(String name) {
    Tenant tenant = tenants.computeIfAbsent(name, _ -> new Tenant());
    tenant.sequences++;
    enterLine(tenant);
    forgetTheEldest();
    return tenant;
  }

  void enterLine(Tenant tenant) {
    if (tenant.prompts++ == 0) {
      tenant.served = Math.max(tenant.served, leastServed());
      inLine.add(tenant);
    }
  }

  void leaveLine(Tenant tenant) {
    if (--tenant.prompts == 0) {
      inLine.remove(tenant);
      lastLeft = Math.max(lastLeft, tenant.served);
    }
  }

  void go(Tenant tenant) {
    tenant.sequences--;
  }

  /** The least that one of those in line was served; where none is, the last one who was. */
  long leastServed() {
    return inLine.stream().mapToLong(Tenant::served).min().orElse(lastLeft);
  }

  private void forgetTheEldest() {
    Iterator<Tenant> eldest = tenants.values().iterator();
    while (tenants.size() > REMEMBERED && eldest.hasNext()) {
      if (eldest.next().sequences == 0) {
        eldest.remove();
      }
    }
  }
}
