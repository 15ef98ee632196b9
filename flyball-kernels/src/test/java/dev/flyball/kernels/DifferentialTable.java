package dev.flyball.kernels;

import dev.flyball.kernels.simd.InstructionSet;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Counts the cases in which generated code was held against its plain twin, and prints them as a
 * table when the last test of the run has ended.
 */
public final class DifferentialTable implements BeforeAllCallback {
  private static final Map<String, Integer> CASES = new TreeMap<>();

  @Override
  public void beforeAll(ExtensionContext context) {
    context
        .getRoot()
        .getStore(ExtensionContext.Namespace.GLOBAL)
        .computeIfAbsent(DifferentialTable.class, _ -> (AutoCloseable) DifferentialTable::print);
  }

  /** Counts a case that agreed. */
  public static void agreed(String kernel, Object type, InstructionSet level) {
    synchronized (CASES) {
      CASES.merge("%-12s %-8s %-12s".formatted(kernel, type, level.label()), 1, Integer::sum);
    }
  }

  private static void print() {
    synchronized (CASES) {
      System.out.printf("%-12s %-8s %-12s %7s%n", "kernel", "type", "level", "cases");
      CASES.forEach((line, cases) -> System.out.printf("%s %7d%n", line, cases));
    }
  }
}
