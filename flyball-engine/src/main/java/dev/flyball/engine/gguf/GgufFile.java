package dev.flyball.engine.gguf;

import dev.flyball.engine.EngineError;
import dev.flyball.engine.EngineException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A model file, or all parts of a split one, mapped into memory and checked.
 *
 * <p>Immutable and thread-safe until {@link #close()}; after it, touching a tensor's data or an
 * array of the metadata throws {@link IllegalStateException}.
 */
public final class GgufFile implements AutoCloseable {
  private final Arena arena;
  private final List<GgufPart> parts;
  private final GgufHeader first;
  private final Map<String, GgufTensor> tensors;
  private final long sizeBytes;

  private GgufFile(
      Arena arena, List<GgufPart> parts, Map<String, GgufTensor> tensors, long sizeBytes) {
    this.arena = arena;
    this.parts = parts;
    this.first = parts.getFirst().header();
    this.tensors = tensors;
    this.sizeBytes = sizeBytes;
  }

  /**
   * Opens a file; of a split one, any part.
   *
   * @throws EngineException FILE_UNREADABLE, also where another part is missing; FILE_CORRUPT;
   *     UNSUPPORTED_MODEL
   */
  public static GgufFile open(Path path) {
    Arena arena = Arena.ofShared();
    try {
      return open(path, arena);
    } catch (RuntimeException e) {
      arena.close();
      throw e;
    }
  }

  private static GgufFile open(Path path, Arena arena) {
    List<GgufPart> parts = GgufPart.openAll(path, arena);
    Map<String, GgufTensor> tensors = new LinkedHashMap<>();
    long sizeBytes = 0;
    for (GgufPart part : parts) {
      sizeBytes += part.sizeBytes();
      for (GgufTensor tensor : part.header().tensors()) {
        if (tensors.put(tensor.name(), tensor) != null) {
          throw part.corrupt("tensor " + Quoted.of(tensor.name()) + " is in another part as well");
        }
      }
    }
    return new GgufFile(arena, parts, tensors, sizeBytes);
  }

  /** The version of the format: 2 or 3. */
  public int version() {
    return first.version();
  }

  /** The metadata; of a split file, those of the first part. */
  public GgufMetadata metadata() {
    return first.metadata();
  }

  /** All tensors in file order. */
  public Collection<GgufTensor> tensors() {
    return Collections.unmodifiableCollection(tensors.values());
  }

  public Optional<GgufTensor> find(String name) {
    return Optional.ofNullable(tensors.get(name));
  }

  /**
   * @throws EngineException FILE_CORRUPT where there is no such tensor
   */
  public GgufTensor tensor(String name) {
    return find(name)
        .orElseThrow(
            () ->
                new EngineException(
                    EngineError.FILE_CORRUPT,
                    parts.getFirst().path() + ": tensor " + Quoted.of(name) + " is missing"));
  }

  /** Bytes of all parts. */
  public long sizeBytes() {
    return sizeBytes;
  }

  /** The files: one, or the parts in order. */
  public List<Path> parts() {
    return parts.stream().map(GgufPart::path).toList();
  }

  /**
   * Where data of a tensor lies in the files.
   *
   * @param data a tensor's, or a part of it
   * @throws IllegalArgumentException where it is of another file
   */
  public FileRange rangeOf(MemorySegment data) {
    for (GgufPart part : parts) {
      long offset = data.address() - part.bytes().address();
      if (data.isMapped() && offset >= 0 && offset <= part.sizeBytes() - data.byteSize()) {
        return new FileRange(part.path(), offset, data.byteSize());
      }
    }
    throw new IllegalArgumentException("the data is not of " + parts.getFirst().path());
  }

  /** Unmaps the file. Idempotent. */
  @Override
  public void close() {
    if (arena.scope().isAlive()) {
      arena.close();
    }
  }
}
