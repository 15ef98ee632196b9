package dev.flyball.kernels.matmul;

/** What a worker's kernels ask for next of a later piece's weights, and where those end. */
final class LookAhead {
  private long next;
  private long end;

  /** Makes so many panels what is asked for; none behind the matrix' end. */
  void set(PackedMatrix w, int panel, int panels) {
    int first = Math.min(w.panelCount(), panel);
    next = w.panelAddress(first);
    end = w.panelAddress(Math.min(w.panelCount(), first + panels));
  }

  /**
   * Where the next call is to ask from, for so many bytes; once all are asked for, those behind
   * them, again and again.
   */
  long take(long bytes) {
    long address = next;
    if (next < end) {
      next += bytes;
    }
    return address;
  }
}
