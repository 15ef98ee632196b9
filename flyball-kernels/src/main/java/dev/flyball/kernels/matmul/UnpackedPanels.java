package dev.flyball.kernels.matmul;

/**
 * How two panels lie in memory for {@link UnpackedTileKernel}: some blocks of 32 columns, each of
 * them complete for both panels.
 *
 * <pre>
 * block    [panel 0][panel 1]
 * panel    [codes][scales][mins]
 * codes    8 vectors of 64 bytes; byte 4r+i of vector j is row r, column i of quad j, unsigned
 * scales   16 floats, or 2 x 16 for halves of 16 columns
 * mins     likewise; only where mins
 * </pre>
 *
 * @param parts scales that a block has for each row
 * @param mins whether there are minima
 */
record UnpackedPanels(int parts, boolean mins) {
  static final int PANELS = 2;

  private static final int CODE_BYTES = CodePanels.BLOCK * Panels.ROWS;
  private static final int VECTOR_BYTES = 4 * Panels.ROWS;

  static UnpackedPanels of(CodePanels format) {
    return new UnpackedPanels(format.scalesPerBlock(), format.mins() != CodePanels.Mins.NONE);
  }

  int scalesOffset(int part) {
    return CODE_BYTES + VECTOR_BYTES * part;
  }

  int minsOffset(int part) {
    return scalesOffset(parts + part);
  }

  /** Bytes of one panel in a block. */
  int panelBytes() {
    return scalesOffset(mins ? 2 * parts : parts);
  }

  int blockBytes() {
    return PANELS * panelBytes();
  }
}
