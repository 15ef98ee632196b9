package dev.flyball.kernels.matmul;

import dev.flyball.kernels.asm.Label;
import dev.flyball.kernels.simd.Reg;
import dev.flyball.kernels.simd.SimdBuilder;
import dev.flyball.kernels.simd.Vec;

/**
 * Generates the unpacking of one panel's super-blocks to what {@link UnpackedPanels} says. Only for
 * vectors that hold all rows of a panel.
 */
final class UnpackKernel {
  /** Address of the first super-block. */
  static final int PACKED = 0;

  /** Address of the panel in the first unpacked block. */
  static final int UNPACKED = 1;

  /** Number of super-blocks. */
  static final int SUPER_BLOCKS = 2;

  /** Address of the code table, 64 bytes; unused where the format has none. */
  static final int TABLE = 3;

  static final int COUNT = 4;

  private final SimdBuilder s;
  private final CodePanels format;
  private final UnpackedPanels unpacked;
  private final Reg packed;
  private final Reg header;
  private final Reg to;
  private final CodeReader codes;
  private final ScaleReader scales;
  private final Vec scratch;

  private UnpackKernel(SimdBuilder s, CodePanels format) {
    this.s = s;
    this.format = format;
    unpacked = UnpackedPanels.of(format);
    packed = s.parameter(PACKED);
    header = s.register();
    to = s.parameter(UNPACKED);
    codes = CodeReader.of(s, format, packed, TABLE);
    scales = new ScaleReader(s, format, packed, header);
    scratch = s.vector();
  }

  static byte[] generate(SimdBuilder s, CodePanels format) {
    return new UnpackKernel(s, format).kernel();
  }

  private byte[] kernel() {
    Reg superBlocks = s.parameter(SUPER_BLOCKS);
    Reg blocks = s.register();
    Label nextSuperBlock = new Label();
    Label nextBlock = new Label();
    s.bind(nextSuperBlock);
    s.copy(header, packed);
    s.add(packed, format.headerBytes());
    s.set(blocks, format.blocksPerSuper());
    s.bind(nextBlock);
    block();
    s.decrementAndJumpIfNotZero(blocks, nextBlock);
    s.decrementAndJumpIfNotZero(superBlocks, nextSuperBlock);
    return s.finish();
  }

  private void block() {
    for (int quad = 0; quad < 8; quad++) {
      codes.read(quad, 0);
      s.store(to, s.bytes() * quad, codes.quad());
    }
    Vec scale = codes.quad();
    for (int part = 0; part < unpacked.parts(); part++) {
      scales.loadScale(scale, scratch, part, 0);
      s.store(to, unpacked.scalesOffset(part), scale);
      if (unpacked.mins()) {
        scales.loadMin(scale, scratch, part, 0);
        s.store(to, unpacked.minsOffset(part), scale);
      }
    }
    s.add(packed, format.blockBytes());
    s.add(to, unpacked.blockBytes());
  }
}
