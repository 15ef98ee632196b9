package dev.flyball.engine.weights;

import dev.flyball.engine.EngineError;
import dev.flyball.engine.EngineException;
import dev.flyball.engine.gguf.FileRange;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * One of a model's files, read by offset, past the system's cache of pages where its file system
 * allows that: what is read is kept by the reader. Thread-safe.
 *
 * <p>A file that is cut off or written to while it is read gives an error. One that is replaced by
 * another of its name, or deleted, is read on: the open file is still the old one.
 */
final class ModelBytes implements AutoCloseable {
  /** Reads past the cache begin and end at multiples of this, which is one of every block size. */
  static final int ALIGNMENT_BYTES = 4096;

  private final Path path;
  private final FileChannel channel;
  private final boolean direct;
  private final BasicFileAttributes opened;

  private ModelBytes(Path path, FileChannel channel, boolean direct, BasicFileAttributes opened) {
    this.path = path;
    this.channel = channel;
    this.direct = direct;
    this.opened = opened;
  }

  /**
   * @throws EngineException FILE_UNREADABLE
   */
  static ModelBytes open(Path path) {
    try {
      BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
      try {
        FileChannel channel = FileChannel.open(path, StandardOpenOption.READ, pastTheCache());
        return new ModelBytes(path, channel, true, attributes);
      } catch (IOException | UnsupportedOperationException e) {
        FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
        return new ModelBytes(path, channel, false, attributes);
      }
    } catch (IOException e) {
      throw unreadable(path, e);
    }
  }

  /**
   * An option of the JDK that is in no package of the platform's specification, and that compilers
   * therefore warn of.
   *
   * @throws UnsupportedOperationException where this JDK has no such option
   */
  private static OpenOption pastTheCache() {
    try {
      return Stream.of(Class.forName("com.sun.nio.file.ExtendedOpenOption").getEnumConstants())
          .filter(option -> option.toString().equals("DIRECT"))
          .map(OpenOption.class::cast)
          .findFirst()
          .orElseThrow(UnsupportedOperationException::new);
    } catch (ClassNotFoundException e) {
      throw new UnsupportedOperationException(e);
    }
  }

  /** Whether reads go past the system's cache of pages. */
  boolean isDirect() {
    return direct;
  }

  /**
   * Reads a range.
   *
   * @param room aligned to {@value #ALIGNMENT_BYTES} bytes, and twice that longer than the range
   * @return the part of {@code room} that holds the range
   * @throws EngineException FILE_UNREADABLE; FILE_CORRUPT where the file was changed since it was
   *     opened
   */
  MemorySegment read(FileRange range, MemorySegment room) {
    long from = range.offsetBytes() / ALIGNMENT_BYTES * ALIGNMENT_BYTES;
    long end = range.offsetBytes() + range.bytes();
    long length = Math.ceilDiv(end - from, ALIGNMENT_BYTES) * ALIGNMENT_BYTES;
    ByteBuffer buffer = room.asSlice(0, length).asByteBuffer();
    try {
      while (from + buffer.position() < end) {
        int count = channel.read(buffer, from + buffer.position());
        if (count < 1 || channel.size() < end) {
          throw changed("it ends at %d, not behind %d".formatted(channel.size(), end));
        }
      }
    } catch (IOException e) {
      throw unreadable(path, e);
    }
    requireUnchanged();
    return room.asSlice(range.offsetBytes() - from, range.bytes());
  }

  private void requireUnchanged() {
    BasicFileAttributes now;
    try {
      now = Files.readAttributes(path, BasicFileAttributes.class);
    } catch (NoSuchFileException e) {
      return;
    } catch (IOException e) {
      throw unreadable(path, e);
    }
    boolean same = Objects.equals(now.fileKey(), opened.fileKey());
    if (same
        && (now.size() != opened.size()
            || !now.lastModifiedTime().equals(opened.lastModifiedTime()))) {
      throw changed("it was written to at " + now.lastModifiedTime());
    }
  }

  private EngineException changed(String how) {
    return new EngineException(
        EngineError.FILE_CORRUPT,
        path
            + ": the model's file was changed while the model was in use: "
            + how
            + "; put the file back, or load the model again");
  }

  private static EngineException unreadable(Path path, IOException e) {
    return new EngineException(
        EngineError.FILE_UNREADABLE, path + ": cannot be read: " + e.getMessage(), e);
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw unreadable(path, e);
    }
  }
}
