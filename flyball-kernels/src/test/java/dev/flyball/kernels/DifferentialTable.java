package dev.flyball.kernels;

import dev.flyball.kernels.simd.InstructionSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Counts the cases in which generated code was held against its plain twin, and writes them as a
 * table to {@code target/differential-tests.md} when the last test of the run has ended.
 */
public final class DifferentialTable implements BeforeAllCallback {
  private static final Path TABLE = Path.of("target", "differential-tests.md");

  /** For each line's begin, that of its kernel and type, the cases on each level. */
  private static final Map<String, Map<InstructionSet, Integer>> CASES = new TreeMap<>();

  @Override
  public void beforeAll(ExtensionContext context) {
    context
        .getRoot()
        .getStore(ExtensionContext.Namespace.GLOBAL)
        .computeIfAbsent(DifferentialTable.class, _ -> (AutoCloseable) DifferentialTable::write);
  }

  /** Counts a case that agreed. */
  public static void agreed(String kernel, Object type, InstructionSet level) {
    synchronized (CASES) {
      Map<InstructionSet, Integer> cases =
          CASES.computeIfAbsent(
              "| %-16s | %-9s |".formatted(kernel, type), _ -> new EnumMap<>(InstructionSet.class));
      cases.merge(level, 1, Integer::sum);
    }
  }

  private static void write() throws IOException {
    StringBuilder table = new StringBuilder("| %-16s | %-9s |".formatted("kernel", "of"));
    List<InstructionSet> levels = InstructionSet.supported();
    levels.forEach(level -> table.append(" %-12s |".formatted(level.label())));
    table.append("\n|---|---|").append("---|".repeat(levels.size())).append('\n');
    synchronized (CASES) {
      CASES.forEach(
          (line, cases) -> {
            table.append(line);
            levels.forEach(
                level -> table.append(" %12d |".formatted(cases.getOrDefault(level, 0))));
            table.append('\n');
          });
    }
    Files.createDirectories(TABLE.getParent());
    Files.writeString(TABLE, table);
  }
}
