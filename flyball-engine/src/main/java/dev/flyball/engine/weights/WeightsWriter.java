package dev.flyball.engine.weights;

import dev.flyball.kernels.StoredMatrix;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Writes packed weights to a file: under another name first, so that the file appears whole and
 * synced to the disk or not at all, however many processes write it. A failure is logged and costs
 * nothing but the next start's time.
 */
final class WeightsWriter {
  private static final System.Logger LOG = System.getLogger(WeightsWriter.class.getName());
  private static final int ALIGNMENT_BYTES = 64;

  private final WeightsFile file;
  private final List<PackedEntry> entries = new ArrayList<>();
  private final List<MemorySegment> matrices = new ArrayList<>();
  private long contentBytes;
  private Optional<Thread> thread = Optional.empty();

  WeightsWriter(WeightsFile file) {
    this.file = file;
  }

  /**
   * Adds a matrix.
   *
   * @param packed filled before {@link #start}
   */
  void add(StoredMatrix stored, MemorySegment packed) {
    contentBytes = Math.ceilDiv(contentBytes, ALIGNMENT_BYTES) * ALIGNMENT_BYTES;
    entries.add(PackedEntry.of(stored, contentBytes));
    matrices.add(packed);
    contentBytes += packed.byteSize();
  }

  void start() {
    thread = Optional.of(Thread.ofPlatform().name("flyball-weights").daemon().start(this::write));
  }

  /** Returns when the file is written, or could not be. */
  void awaitEnd() {
    boolean interrupted = false;
    while (thread.isPresent() && thread.get().isAlive()) {
      try {
        thread.get().join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void write() {
    try {
      long bytes = WeightsHeader.contentOffset(entries.size(), contentBytes) + contentBytes;
      WeightsFolder folder = new WeightsFolder(file.cache());
      if (folder.makeRoom(bytes, file.path())) {
        long begin = System.nanoTime();
        Path temporary = folder.newTemporary(file.path());
        try {
          writeTo(temporary);
          Files.move(
              temporary,
              file.path(),
              StandardCopyOption.ATOMIC_MOVE,
              StandardCopyOption.REPLACE_EXISTING);
        } finally {
          Files.deleteIfExists(temporary);
        }
        double seconds = (System.nanoTime() - begin) / 1e9;
        LOG.log(
            Level.INFO,
            () -> "%s: %d MiB written in %.1f s".formatted(file.path(), bytes >> 20, seconds));
      }
    } catch (IOException e) {
      LOG.log(Level.WARNING, "{0} cannot be written: {1}", file.path(), e.toString());
    }
  }

  private void writeTo(Path path) throws IOException {
    List<Integer> checksums = new ArrayList<>();
    try (FileChannel channel =
        FileChannel.open(path, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW)) {
      channel.position(WeightsHeader.contentOffset(entries.size(), contentBytes));
      ByteBuffer chunk = ByteBuffer.allocateDirect((int) WeightsHeader.CHUNK_BYTES);
      long at = 0;
      for (int i = 0; i < matrices.size(); i++) {
        for (; at < entries.get(i).offsetBytes(); at++) {
          chunk.put((byte) 0);
          writeIfFull(chunk, channel, checksums);
        }
        at += append(matrices.get(i), chunk, channel, checksums);
      }
      if (chunk.position() > 0) {
        write(chunk, channel, checksums);
      }
      ByteBuffer header =
          new WeightsHeader(file.model(), contentBytes, entries, checksums).encode();
      for (int done = 0; header.hasRemaining(); ) {
        done += channel.write(header, done);
      }
      channel.force(true);
    }
  }

  private static long append(
      MemorySegment matrix, ByteBuffer chunk, FileChannel channel, List<Integer> checksums)
      throws IOException {
    long done = 0;
    while (done < matrix.byteSize()) {
      long count = Math.min(chunk.remaining(), matrix.byteSize() - done);
      chunk.put(matrix.asSlice(done, count).asByteBuffer());
      done += count;
      writeIfFull(chunk, channel, checksums);
    }
    return done;
  }

  private static void writeIfFull(ByteBuffer chunk, FileChannel channel, List<Integer> checksums)
      throws IOException {
    if (!chunk.hasRemaining()) {
      write(chunk, channel, checksums);
    }
  }

  /** One call for all of it: systems whose files have huge pages make one for such a write. */
  private static void write(ByteBuffer chunk, FileChannel channel, List<Integer> checksums)
      throws IOException {
    chunk.flip();
    checksums.add(WeightsHeader.crc(chunk.duplicate()));
    while (chunk.hasRemaining()) {
      channel.write(chunk);
    }
    chunk.clear();
  }
}
