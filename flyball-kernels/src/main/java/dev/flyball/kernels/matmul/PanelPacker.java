package dev.flyball.kernels.matmul;

/** Packs stored rows into panels. Not thread-safe. */
interface PanelPacker {
  /**
   * Packs one panel.
   *
   * @param stored the rows as the file has them, one after the other; fewer than 16 leave the
   *     panel's last rows zero
   * @param rows number of them
   * @param columns length of a row
   * @param panel target, from its start; {@link Panels#panelBytes} long
   */
  void pack(byte[] stored, int rows, int columns, byte[] panel);
}
