package dev.flyball.engine.cache;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Blocks, or states behind blocks, in a file of bounded size, of which the least recently used give
 * way.
 *
 * <pre>
 * {@link BlockFileHeader}, then slots: {@link SlotHeader}, block
 * </pre>
 *
 * Slots describe themselves, so that there is no index to be lost: it is read from their headers
 * when the file is opened. What a crash left half written has a wrong checksum and is not there.
 * The file is locked; only its owner can read it. Not thread-safe.
 */
final class BlockFile implements AutoCloseable {
  private static final Logger LOG = System.getLogger(BlockFile.class.getName());

  /** Bounds the table of slots in memory, whatever the limit of the file. */
  private static final int MAX_SLOTS = 1 << 20;

  private final FileChannel channel;
  private final BlockFileHeader header;
  private final SlotTable slots;
  private final ByteBuffer slot;
  private long stamp;

  private BlockFile(FileChannel channel, BlockFileHeader header, SlotTable slots) {
    this.channel = channel;
    this.header = header;
    this.slots = slots;
    slot = ByteBuffer.allocateDirect(slotBytes(header.blockBytes()));
  }

  /**
   * Opens a file, or makes a new one. One that is damaged, or of another model or storage, is set
   * aside under the name with {@code .unusable} behind it.
   *
   * @param identity of model and storage
   * @param limitBytes at least one slot
   * @throws IOException where that is not possible, or another process has the file open
   */
  static BlockFile open(Path path, PrefixDigest identity, int blockBytes, long limitBytes)
      throws IOException {
    int capacity =
        (int) Math.min(MAX_SLOTS, (limitBytes - BlockFileHeader.BYTES) / slotBytes(blockBytes));
    if (capacity < 1) {
      throw new IOException(
          "its limit of " + limitBytes + " bytes is less than a block of " + blockBytes);
    }
    FileChannel channel = lock(path);
    try {
      Optional<BlockFileHeader> found = readHeader(channel);
      if (found.isEmpty() || !found.get().fits(identity, blockBytes)) {
        if (channel.size() > 0) {
          channel.close();
          channel = setAside(path);
        }
        BlockFileHeader fresh = BlockFileHeader.create(identity, blockBytes);
        writeFully(channel, fresh.bytes(), 0);
        found = Optional.of(fresh);
      }
      return withSlots(channel, found.get(), capacity);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private static int slotBytes(int blockBytes) {
    return Math.addExact(SlotHeader.BYTES, blockBytes);
  }

  private static FileChannel lock(Path path) throws IOException {
    boolean posix = FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
    FileAttribute<?>[] onlyOwner =
        posix
            ? new FileAttribute<?>[] {
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
            }
            : new FileAttribute<?>[0];
    FileChannel channel =
        FileChannel.open(
            path,
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE),
            onlyOwner);
    try {
      if (channel.tryLock() != null) {
        return channel;
      }
    } catch (OverlappingFileLockException e) {
      // an engine of this process has it
    } catch (IOException e) {
      channel.close();
      throw e;
    }
    channel.close();
    throw new IOException("another engine has it open");
  }

  private static FileChannel setAside(Path path) throws IOException {
    Path aside = path.resolveSibling(path.getFileName() + ".unusable");
    Files.move(path, aside, StandardCopyOption.REPLACE_EXISTING);
    LOG.log(
        Level.WARNING,
        path + ": damaged, or of another model or type of cache; set aside as " + aside);
    return lock(path);
  }

  private static Optional<BlockFileHeader> readHeader(FileChannel channel) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(BlockFileHeader.BYTES);
    return readFully(channel, bytes, 0) ? BlockFileHeader.read(bytes.flip()) : Optional.empty();
  }

  private static BlockFile withSlots(FileChannel channel, BlockFileHeader header, int capacity)
      throws IOException {
    long bytes = slotBytes(header.blockBytes());
    int begun = (int) Math.min(capacity, (channel.size() - BlockFileHeader.BYTES) / bytes);
    channel.truncate(BlockFileHeader.BYTES + begun * bytes);
    BlockFile file = new BlockFile(channel, header, new SlotTable(capacity, begun));
    file.readSlots(begun);
    return file;
  }

  private record Found(PrefixDigest digest, long stamp, int slot) {}

  private void readSlots(int begun) throws IOException {
    List<Found> sound = new ArrayList<>();
    ByteBuffer bytes = ByteBuffer.allocate(SlotHeader.BYTES);
    for (int i = 0; i < begun; i++) {
      Optional<SlotHeader> found =
          readFully(channel, bytes.clear(), position(i))
              ? SlotHeader.read(bytes.flip())
              : Optional.empty();
      if (found.isPresent()) {
        sound.add(new Found(found.get().digest(), found.get().stamp(), i));
      } else {
        slots.free(i);
      }
    }
    sound.sort(Comparator.comparingLong(Found::stamp));
    for (Found found : sound) {
      slots.put(found.digest, found.slot);
      stamp = found.stamp;
    }
  }

  private long position(int index) {
    return BlockFileHeader.BYTES + (long) index * slotBytes(header.blockBytes());
  }

  /** Digest before the first block of a namespace. */
  PrefixDigest root(KvNamespace namespace) {
    return header.salt().followedBy(namespace.name().codePoints().toArray());
  }

  boolean contains(PrefixDigest digest) {
    return slots.find(digest).isPresent();
  }

  /** Blocks in it. */
  int size() {
    return slots.size();
  }

  /** Makes a block the most recently used, if it is there. */
  boolean touch(PrefixDigest digest) {
    return slots.touch(digest);
  }

  /**
   * Reads a block, if it is there and sound; forgets it where it is not sound.
   *
   * @param parent what is to be before it
   * @param ids what is to be in it
   */
  boolean read(PrefixDigest digest, PrefixDigest parent, int[] ids, SlotContent block)
      throws IOException {
    OptionalInt index = slots.find(digest);
    if (index.isEmpty()) {
      return false;
    }
    slot.clear();
    Optional<SlotHeader> found =
        readFully(channel, slot, position(index.getAsInt()))
            ? SlotHeader.read(slot.flip())
            : Optional.empty();
    ByteBuffer content = slot.clear().position(SlotHeader.BYTES);
    if (found.isEmpty()
        || !found.get().isOf(parent, ids)
        || found.get().blockCrc() != SlotHeader.crc(content.duplicate())) {
      slots.remove(digest);
      return false;
    }
    block.read(content);
    return true;
  }

  /** Writes a block, in place of the least recently used one where the file is full. */
  void write(PrefixDigest digest, PrefixDigest parent, int[] ids, SlotContent block)
      throws IOException {
    ByteBuffer content = slot.clear().position(SlotHeader.BYTES);
    block.write(content);
    int crc = SlotHeader.crc(slot.clear().position(SlotHeader.BYTES));
    new SlotHeader(digest, parent, ids, ++stamp, crc).write(slot.clear());
    int index = slots.take();
    slots.put(digest, index);
    writeFully(channel, slot.clear(), position(index));
  }

  void checkIntegrity() {
    slots.checkIntegrity();
  }

  private static boolean readFully(FileChannel channel, ByteBuffer bytes, long position)
      throws IOException {
    long at = position;
    while (bytes.hasRemaining()) {
      int count = channel.read(bytes, at);
      if (count < 0) {
        return false;
      }
      at += count;
    }
    return true;
  }

  private static void writeFully(FileChannel channel, ByteBuffer bytes, long position)
      throws IOException {
    long at = position;
    while (bytes.hasRemaining()) {
      at += channel.write(bytes, at);
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
