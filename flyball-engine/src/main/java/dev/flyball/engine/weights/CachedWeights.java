package dev.flyball.engine.weights;

import dev.flyball.kernels.StoredMatrix;
import dev.flyball.kernels.WorkerTeam;
import dev.flyball.kernels.code.LargeMemory;
import dev.flyball.kernels.matmul.PackedMatrix;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/** Packed weights of an earlier start, mapped read-only from their file. */
final class CachedWeights implements AutoCloseable {
  private static final long LONGEST_HEADER_BYTES = 256 << 20;

  private final Arena arena;
  private final WeightsHeader header;
  private final MemorySegment contents;
  private int taken;

  private CachedWeights(Arena arena, WeightsHeader header, MemorySegment contents) {
    this.arena = arena;
    this.header = header;
    this.contents = contents;
  }

  /**
   * Maps a file and checks every byte of it.
   *
   * @throws UntrustedWeightsException where it is not whole, or another model's
   * @throws IOException where it cannot be read
   */
  static CachedWeights map(Path path, ModelFingerprint model, WorkerTeam team)
      throws IOException, UntrustedWeightsException {
    Arena arena = Arena.ofShared();
    boolean isSound = false;
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      long size = channel.size();
      MemorySegment file = channel.map(FileChannel.MapMode.READ_ONLY, 0, size, arena);
      long headerBytes = Math.min(size, LONGEST_HEADER_BYTES);
      WeightsHeader header =
          WeightsHeader.decode(file.asSlice(0, headerBytes).asByteBuffer(), size);
      if (!header.model().equals(model)) {
        throw new UntrustedWeightsException("it holds another model's weights");
      }
      MemorySegment contents = file.asSlice(header.contentOffset());
      LargeMemory.preferHugePages(contents);
      compare(header, contents, team);
      isSound = true;
      return new CachedWeights(arena, header, contents);
    } finally {
      if (!isSound) {
        arena.close();
      }
    }
  }

  private static void compare(WeightsHeader header, MemorySegment contents, WorkerTeam team)
      throws UntrustedWeightsException {
    AtomicBoolean differs = new AtomicBoolean();
    team.run(
        header.checksums().size(),
        (chunk, _) -> {
          long from = chunk * WeightsHeader.CHUNK_BYTES;
          long bytes = Math.min(WeightsHeader.CHUNK_BYTES, contents.byteSize() - from);
          if (WeightsHeader.crc(contents.asSlice(from, bytes).asByteBuffer())
              != header.checksums().get(chunk)) {
            differs.set(true);
          }
        });
    if (differs.get()) {
      throw new UntrustedWeightsException("its contents are damaged");
    }
  }

  /** The next matrix, where it is the one that was written in this place. */
  Optional<PackedMatrix> next(StoredMatrix stored) {
    if (taken == header.entries().size() || !header.entries().get(taken).isOf(stored)) {
      return Optional.empty();
    }
    PackedEntry entry = header.entries().get(taken++);
    MemorySegment panels = contents.asSlice(entry.offsetBytes(), entry.bytes());
    return Optional.of(PackedMatrix.of(entry.type(), entry.rows(), entry.columns(), panels));
  }

  @Override
  public void close() {
    arena.close();
  }
}
