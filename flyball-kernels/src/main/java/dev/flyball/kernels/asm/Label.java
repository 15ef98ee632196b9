package dev.flyball.kernels.asm;

import java.util.ArrayList;
import java.util.List;

/** A place in the code that branches can name before it is known. */
public final class Label {
  private static final int UNBOUND = -1;

  private int position = UNBOUND;
  private final List<Integer> references = new ArrayList<>();

  boolean isBound() {
    return position != UNBOUND;
  }

  int position() {
    if (!isBound()) {
      throw new IllegalStateException("a branch names a label that was never bound");
    }
    return position;
  }

  void bind(int at) {
    if (isBound()) {
      throw new IllegalStateException("the label is bound already");
    }
    position = at;
  }

  void addReference(int at) {
    references.add(at);
  }

  List<Integer> references() {
    return references;
  }
}
