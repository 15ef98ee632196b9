package dev.flyball.kernels.matmul;

import dev.flyball.kernels.asm.Label;
import dev.flyball.kernels.simd.Reg;
import dev.flyball.kernels.simd.SimdBuilder;
import dev.flyball.kernels.simd.Vec;

/**
 * Generates the unpacking of a super-block of one panel to what {@link UnpackedPanels} says. Only
 * for vectors that hold all rows of a panel.
 */
final class UnpackKernel {
  /** Address of the super-block. */
  static final int PACKED = 0;

  /** Address of the panel in the first unpacked block. */
  static final int UNPACKED = 1;

  /** Address of the code table, 64 bytes; unused where the format has none. */
  static final int TABLE = 2;

  static final int COUNT = 3;

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
    Reg blocks = s.register();
    Label nextBlock = new Label();
    s.copy(header, packed);
    s.add(packed, format.headerBytes());
    s.set(blocks, format.blocksPerSuper());
    s.bind(nextBlock);
    block();
    s.decrementAndJumpIfNotZero(blocks, nextBlock);
    if (unpacked.mins()) {
      mins();
    }
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
    }
    s.add(packed, format.blockBytes());
    s.add(to, unpacked.blockBytes());
  }

  /** What the blocks just passed have of minima, four together. */
  private void mins() {
    Vec quad = codes.quad();
    for (int i = 0; i < unpacked.minQuads(); i++) {
      s.zero(quad);
      for (int min = 3; min >= 0; min--) {
        int index = 4 * i + min;
        int block = index / unpacked.parts() - format.blocksPerSuper();
        s.loadUnsignedBytes(
            scratch,
            packed,
            format.blockBytes() * block
                + format.scaleBytes()
                + Panels.ROWS * (index % unpacked.parts()));
        s.shiftLeft32(quad, quad, 8);
        s.or(quad, quad, scratch);
      }
      s.store(to, s.bytes() * i, quad);
    }
    s.loadHalf(scratch, header, format.headerMinOffset());
    s.store(to, unpacked.minScaleOffset(), scratch);
  }
}
