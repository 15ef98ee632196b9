package dev.flyball.kernels.sparse;

import dev.flyball.kernels.TensorType;
import dev.flyball.kernels.code.ExecutableMemory;
import dev.flyball.kernels.simd.InstructionSet;
import java.lang.foreign.MemorySegment;
import java.util.EnumMap;
import java.util.Map;

/** The compiled kernels, made for each format when it is first asked for. Not thread-safe. */
final class NeuronKernels implements AutoCloseable {
  private final InstructionSet level;
  private final Map<TensorType, ExecutableMemory> rowDots = new EnumMap<>(TensorType.class);
  private final Map<TensorType, ExecutableMemory> columnSums = new EnumMap<>(TensorType.class);

  NeuronKernels(InstructionSet level) {
    this.level = level;
  }

  /** A {@link RowDotKernel}. */
  MemorySegment rowDot(NeuronFormat format) {
    ExecutableMemory known = rowDots.get(format.type());
    if (known == null) {
      byte[] code = RowDotKernel.generate(level.newKernel(1), format);
      known = ExecutableMemory.require(code);
      rowDots.put(format.type(), known);
    }
    return known.entry();
  }

  /** A {@link ColumnSumKernel}. */
  MemorySegment columnSum(NeuronFormat format) {
    ExecutableMemory known = columnSums.get(format.type());
    if (known == null) {
      byte[] code = ColumnSumKernel.generate(level.newKernel(0), format);
      known = ExecutableMemory.require(code);
      columnSums.put(format.type(), known);
    }
    return known.entry();
  }

  @Override
  public void close() {
    rowDots.values().forEach(ExecutableMemory::close);
    columnSums.values().forEach(ExecutableMemory::close);
  }
}
