package dev.flyball.engine.lora;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.flyball.engine.EngineError;
import dev.flyball.engine.EngineException;
import dev.flyball.engine.gguf.GgufFile;
import dev.flyball.engine.gguf.GgufMetadata;
import dev.flyball.engine.gguf.GgufTensor;
import dev.flyball.kernels.StoredMatrix;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * A GGUF file of an adapter, as llama.cpp's {@code convert_lora_to_gguf.py} writes it: {@code
 * general.type} is {@code adapter}, {@code adapter.type} is {@code lora}, and each matrix that is
 * adapted has two tensors, {@code NAME.lora_a} and {@code NAME.lora_b}. Mapped and checked;
 * readable until it is closed. Immutable and thread-safe.
 */
public final class LoraFile implements AutoCloseable {
  /** Larger ranks than any adapter has; scratch grows with it. */
  public static final int MAX_RANK = 1024;

  private static final String DOWN = ".lora_a";
  private static final String UP = ".lora_b";
  private static final String INVOCATION = "adapter.alora.invocation_tokens";

  private final GgufFile file;
  private final List<LoraPair> pairs;

  private LoraFile(GgufFile file) {
    this.file = file;
    GgufMetadata keys = file.metadata();
    requireLora(keys);
    pairs = readPairs((float) keys.findNumber("adapter.lora.alpha").orElse(0));
  }

  /**
   * Opens a file.
   *
   * @throws EngineException FILE_UNREADABLE, FILE_CORRUPT; INVALID_INPUT where it is no adapter;
   *     UNSUPPORTED_MODEL where it is one of another kind
   */
  public static LoraFile open(Path path) {
    GgufFile file = GgufFile.open(path);
    try {
      return new LoraFile(file);
    } catch (RuntimeException | Error e) {
      file.close();
      throw e;
    }
  }

  /** Architecture of the base model, e.g. {@code llama}. */
  public String architecture() {
    return file.metadata().architecture();
  }

  /** In the order of the file, at least one. */
  public List<LoraPair> pairs() {
    return pairs;
  }

  /** Where it was read from. */
  public Path path() {
    return file.parts().getFirst();
  }

  /**
   * 64 hexadecimal digits that differ where what the adapters compute does: a SHA-256 of alpha, and
   * of names, types, shapes and values of all tensors.
   */
  public String fingerprint() {
    MessageDigest sha256 = sha256();
    for (LoraPair pair : pairs) {
      ByteBuffer factor = ByteBuffer.allocate(Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
      sha256.update((pair.tensor() + "\n").getBytes(UTF_8));
      sha256.update(factor.putFloat(pair.factor()).rewind());
      update(sha256, pair.down());
      update(sha256, pair.up());
    }
    return HexFormat.of().formatHex(sha256.digest());
  }

  private static void update(MessageDigest digest, StoredMatrix matrix) {
    String head = "%s %d %d\n".formatted(matrix.type(), matrix.rows(), matrix.columns());
    digest.update(head.getBytes(UTF_8));
    digest.update(matrix.data().asByteBuffer());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  private void requireLora(GgufMetadata keys) {
    String type = keys.findString("general.type").orElse("model");
    if (!type.equals("adapter")) {
      throw invalid(
          "general.type is \"%s\"; an adapter has \"adapter\" there (convert_lora_to_gguf.py of llama.cpp writes it)"
              .formatted(type));
    }
    String kind = keys.findString("adapter.type").orElse("");
    if (!kind.equals("lora")) {
      throw unsupported("adapter.type is \"" + kind + "\"; only \"lora\" is supported");
    }
    if (keys.has(INVOCATION)) {
      throw unsupported(
          INVOCATION + " makes it an activated LoRA, which is not supported; use a plain one");
    }
  }

  private List<LoraPair> readPairs(float alpha) {
    List<LoraPair> found = new ArrayList<>();
    for (GgufTensor tensor : file.tensors()) {
      String name = tensor.name();
      if (name.endsWith(DOWN)) {
        found.add(pair(name.substring(0, name.length() - DOWN.length()), alpha));
      } else if (!name.endsWith(UP)) {
        throw unsupported(
            "tensor \"%s\" is neither %s nor %s of a matrix; what adapts vectors or replaces tensors is not supported"
                .formatted(name, DOWN, UP));
      } else if (partner(name, UP, DOWN).isEmpty()) {
        throw corrupt("tensor \"" + name + "\" has no partner " + DOWN);
      }
    }
    if (found.isEmpty()) {
      throw corrupt("it has no tensors");
    }
    return List.copyOf(found);
  }

  private Optional<GgufTensor> partner(String name, String suffix, String other) {
    return file.find(name.substring(0, name.length() - suffix.length()) + other);
  }

  private LoraPair pair(String base, float alpha) {
    StoredMatrix down = matrix(file.tensor(base + DOWN));
    StoredMatrix up =
        matrix(
            file.find(base + UP)
                .orElseThrow(
                    () -> corrupt("tensor \"%s%s\" has no partner %s".formatted(base, DOWN, UP))));
    if (up.columns() != down.rows()) {
      throw corrupt(
          "the ranks of \"%s\" differ: %d in %s, %d in %s"
              .formatted(base, down.rows(), DOWN, up.columns(), UP));
    }
    if (down.rows() > MAX_RANK) {
      throw unsupported(
          "\"%s\" has rank %d; at most %d is supported".formatted(base, down.rows(), MAX_RANK));
    }
    return new LoraPair(base, down, up, alpha == 0 ? 1 : alpha / down.rows());
  }

  private StoredMatrix matrix(GgufTensor tensor) {
    List<Long> shape = tensor.shape();
    if (shape.size() > 2) {
      throw unsupported(
          "tensor \"%s\" has shape %s: adapters of routed experts are not supported; train one of attention and dense layers only"
              .formatted(tensor.name(), shape));
    }
    if (tensor.rows() > Integer.MAX_VALUE || tensor.rowLength() > Integer.MAX_VALUE) {
      throw corrupt("tensor \"%s\" is too long: %s".formatted(tensor.name(), shape));
    }
    return new StoredMatrix(
        tensor.type(), tensor.data(), (int) tensor.rows(), (int) tensor.rowLength());
  }

  /** An error of this file. */
  public EngineException invalid(String what) {
    return error(EngineError.INVALID_INPUT, what);
  }

  private EngineException corrupt(String what) {
    return error(EngineError.FILE_CORRUPT, what);
  }

  private EngineException unsupported(String what) {
    return error(EngineError.UNSUPPORTED_MODEL, what);
  }

  private EngineException error(EngineError error, String what) {
    return new EngineException(error, file.parts().getFirst() + ": " + what);
  }

  @Override
  public void close() {
    file.close();
  }
}
