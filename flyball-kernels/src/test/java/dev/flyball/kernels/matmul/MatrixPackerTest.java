package dev.flyball.kernels.matmul;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flyball.kernels.DifferentialTable;
import dev.flyball.kernels.StoredMatrix;
import dev.flyball.kernels.TensorType;
import dev.flyball.kernels.WorkerTeam;
import dev.flyball.kernels.simd.InstructionSet;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Holds generated packing, byte by byte, against plain Java's. */
@ExtendWith(DifferentialTable.class)
class MatrixPackerTest {
  private static final long SEED = 21;

  @ParameterizedTest
  @EnumSource
  void everyLevelPacksAsPlainJavaDoes(TensorType type) {
    SplittableRandom random = new SplittableRandom(SEED + type.ggmlId());
    for (InstructionSet level : InstructionSet.supported()) {
      try (WorkerTeam team = new WorkerTeam("test", 2);
          MatrixPacker packer = new MatrixPacker(level, team)) {
        for (int rows : new int[] {1, 15, 16, 17, 48, 75}) {
          for (int columns : columns(type)) {
            check(type, packer, rows, columns, random);
            DifferentialTable.agreed("packing", type, level);
          }
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void codeOfEveryTypeFitsTheRegistersOfEveryLevel(InstructionSet level) {
    for (TensorType type : TensorType.values()) {
      assertThat(PackKernel.generate(level.newKernel(0), Panels.of(type))).isNotEmpty();
    }
  }

  /** Whole rounds of blocks, and for floats lengths that generated code leaves to plain Java. */
  private static int[] columns(TensorType type) {
    return type.blockElements() == 1
        ? new int[] {8, 64, 1, 7, 36}
        : new int[] {type.blockElements(), 5 * type.blockElements()};
  }

  private static void check(
      TensorType type, MatrixPacker packer, int rows, int columns, SplittableRandom random) {
    byte[] stored = new byte[(int) type.bytesFor((long) rows * columns)];
    random.nextBytes(stored);
    try (Arena arena = Arena.ofShared()) {
      MemorySegment source = arena.allocate(stored.length, 16);
      MemorySegment.copy(stored, 0, source, ValueLayout.JAVA_BYTE, 0, stored.length);
      MemorySegment target = arena.allocate(PackedMatrix.bytes(type, rows, columns), 64);
      packer.pack(new StoredMatrix(type, source, rows, columns), target);
      assertThat(target.toArray(ValueLayout.JAVA_BYTE))
          .as("%s (%d, %d), seed %d", type, rows, columns, SEED)
          .isEqualTo(expected(type, stored, rows, columns));
    }
  }

  private static byte[] expected(TensorType type, byte[] stored, int rows, int columns) {
    Panels format = Panels.of(type);
    int panelBytes = (int) format.panelBytes(columns);
    int rowBytes = (int) type.bytesFor(columns);
    byte[] all = new byte[(int) PackedMatrix.bytes(type, rows, columns)];
    for (int first = 0; first < rows; first += Panels.ROWS) {
      int count = Math.min(Panels.ROWS, rows - first);
      byte[] part = Arrays.copyOfRange(stored, first * rowBytes, (first + count) * rowBytes);
      byte[] panel = new byte[panelBytes];
      format.newPacker().pack(part, count, columns, panel);
      System.arraycopy(panel, 0, all, first / Panels.ROWS * panelBytes, panelBytes);
    }
    return all;
  }
}
