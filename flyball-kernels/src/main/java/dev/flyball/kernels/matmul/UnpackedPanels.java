package dev.flyball.kernels.matmul;

/**
 * How two panels lie in memory for {@link UnpackedTileKernel}: a super-block of them, its blocks of
 * 32 columns first, and each part complete for both panels.
 *
 * <pre>
 * super-block  [block 0] ... [block 7][minima]
 * block        [panel 0][panel 1]
 * panel        [codes][scales]
 * codes        8 vectors of 64 bytes; byte 4r+i of vector j is row r, column i of quad j, unsigned
 * scales       16 floats, or 2 x 16 for halves of 16 columns
 * minima       [panel 0][panel 1] at the distance that panels have in a block; only where mins
 * panel        2 vectors, or 4 for halves, in quads as codes are, a minimum for a column; then 16 floats, their scale
 * </pre>
 *
 * @param parts scales that a block has for each row
 * @param mins whether there are minima
 */
record UnpackedPanels(int parts, boolean mins) {
  static final int PANELS = 2;

  /** Blocks of a super-block. */
  static final int BLOCKS = QuantizedLayout.SUPER_COLUMNS / CodePanels.BLOCK;

  private static final int CODE_BYTES = CodePanels.BLOCK * Panels.ROWS;
  private static final int VECTOR_BYTES = 4 * Panels.ROWS;

  static UnpackedPanels of(CodePanels format) {
    return new UnpackedPanels(format.scalesPerBlock(), format.mins() != CodePanels.Mins.NONE);
  }

  int scalesOffset(int part) {
    return CODE_BYTES + VECTOR_BYTES * part;
  }

  /** Quads of minima that a super-block has for each row. */
  int minQuads() {
    return mins ? BLOCKS * parts / 4 : 0;
  }

  /** Where behind the blocks the minima's scale is, of the first panel. */
  int minScaleOffset() {
    return VECTOR_BYTES * minQuads();
  }

  /** Bytes of one panel in a block. */
  int panelBytes() {
    return scalesOffset(parts);
  }

  int blockBytes() {
    return PANELS * panelBytes();
  }

  int superBytes() {
    return (BLOCKS + (mins ? 1 : 0)) * blockBytes();
  }
}
