package dev.flyball.engine.gguf;

import java.io.IOException;
import java.io.OutputStream;

/** The encoded values of a tensor to be written. */
@FunctionalInterface
public interface TensorContent {
  /** Writes exactly as many bytes as the tensor's type and shape need, row by row. */
  void writeTo(OutputStream out) throws IOException;
}
