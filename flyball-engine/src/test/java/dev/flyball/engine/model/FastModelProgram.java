package dev.flyball.engine.model;

import dev.flyball.engine.evaluate.LogitProbe;
import dev.flyball.engine.model.ModelOptions.Precision;
import dev.flyball.units.TokenIds;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;

/**
 * Loads a model twice, as fast as the process may run it, and prints the level and the best token;
 * for processes whose environment is part of the test.
 *
 * <p>Arguments: the model's file, and {@code no-new-code} to have Linux refuse executable memory
 * from here on.
 */
final class FastModelProgram {
  // <linux/prctl.h>, from Linux 6.3
  private static final int PR_SET_MDWE = 65;
  private static final long PR_MDWE_REFUSE_EXEC_GAIN = 1;

  private FastModelProgram() {}

  public static void main(String[] arguments) throws Throwable {
    if (arguments.length > 1 && refuseExecutableMemory() != 0) {
      System.out.println("cannot refuse");
      return;
    }
    ModelOptions options = new ModelOptions(1, 8, Precision.FAST);
    for (int load = 0; load < 2; load++) {
      try (LogitProbe probe = LogitProbe.open(Path.of(arguments[0]), options)) {
        float[] logits = probe.logits(TokenIds.of(3, 1, 4));
        String level = options.level().map(Enum::name).orElse("plain");
        System.out.println(level + " " + LogitProbe.top(logits, 1).getFirst().token());
      }
    }
  }

  @SuppressWarnings("restricted") // the descriptor is that of the C library's header
  private static int refuseExecutableMemory() throws Throwable {
    Linker linker = Linker.nativeLinker();
    var prctl =
        linker.downcallHandle(
            linker.defaultLookup().findOrThrow("prctl"),
            FunctionDescriptor.of(
                ValueLayout.JAVA_INT,
                ValueLayout.JAVA_INT,
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_LONG));
    return (int) prctl.invokeExact(PR_SET_MDWE, PR_MDWE_REFUSE_EXEC_GAIN, 0L, 0L, 0L);
  }
}
