package dev.flyball.engine.cache;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where evicted blocks go, and come back from: a {@link BlockFile}, with limits to what may be read
 * and written between two steps, so that running requests do not wait long for it. A file that
 * fails is given up; the cache goes on without.
 *
 * <p>What is read back stays in the file, and becomes its most recently used when it is evicted
 * again: a path's last block first, as the file needs it to let go of last blocks first.
 */
final class ColdStore {
  private static final Logger LOG = System.getLogger(ColdStore.class.getName());

  /** Some 30 ms from a disk of 500 MB/s, 5 ms from the page cache. */
  private static final int READ_BYTES_PER_STEP = 16 << 20;

  /** Where no other request waits for it. */
  private static final int READ_BYTES_ALONE = 256 << 20;

  private static final int WRITE_BYTES_PER_STEP = 32 << 20;

  private final Path path;
  private final BlockFile file;
  private final int blockBytes;
  private boolean failed;
  private int readInStep;
  private int writtenInStep;
  private long readBlocks;
  private long writtenBlocks;

  private ColdStore(Path path, BlockFile file, int blockBytes) {
    this.path = path;
    this.file = file;
    this.blockBytes = blockBytes;
  }

  /**
   * @param path of the file; its directory is made where there is none
   * @throws IOException where the file cannot be used
   */
  static ColdStore open(Path path, PrefixDigest identity, int blockBytes, long limitBytes)
      throws IOException {
    Files.createDirectories(path.toAbsolutePath().getParent());
    BlockFile file = BlockFile.open(path, identity, blockBytes, limitBytes);
    LOG.log(Level.INFO, path + ": " + file.size() + " blocks of keys and values found");
    return new ColdStore(path, file, blockBytes);
  }

  /** A step begins: as much may be read and written as one may wait for. */
  void startStep() {
    readInStep = 0;
    writtenInStep = 0;
  }

  /**
   * Whether a block more may be read before the next step; the first one always.
   *
   * @param alone whether nobody else waits for it
   */
  boolean mayRead(boolean alone) {
    int limit = alone ? READ_BYTES_ALONE : READ_BYTES_PER_STEP;
    return readInStep == 0 || readInStep + blockBytes <= limit;
  }

  PrefixDigest digest(Prefix prefix) {
    return switch (prefix) {
      case PrefixRoot root -> file.root(root.namespace());
      case PrefixNode node -> node.digest;
    };
  }

  boolean contains(PrefixDigest digest) {
    return !failed && file.contains(digest);
  }

  /** Reads the block that follows {@code parent} with these ids. */
  boolean read(PrefixDigest parent, int[] ids, KvBlock block) {
    if (failed) {
      return false;
    }
    readInStep += blockBytes;
    try {
      boolean found = file.read(parent.followedBy(ids), parent, ids, block);
      readBlocks += found ? 1 : 0;
      return found;
    } catch (IOException e) {
      giveUp(e);
      return false;
    }
  }

  /** Writes a block that is about to leave memory, unless enough was written for one step. */
  void offer(PrefixNode node) {
    if (writtenInStep + blockBytes <= WRITE_BYTES_PER_STEP) {
      write(node);
    }
  }

  /** Writes a block, unless it is in the file. */
  void write(PrefixNode node) {
    if (failed || file.touch(node.digest)) {
      return;
    }
    writtenInStep += blockBytes;
    try {
      file.write(node.digest, digest(node.parent()), node.key.ids(), node.block);
      writtenBlocks++;
    } catch (IOException e) {
      giveUp(e);
    }
  }

  long readBlocks() {
    return readBlocks;
  }

  long writtenBlocks() {
    return writtenBlocks;
  }

  void checkIntegrity() {
    file.checkIntegrity();
  }

  private void giveUp(IOException e) {
    failed = true;
    LOG.log(Level.WARNING, path + ": the cache goes on without this file", e);
  }

  void close() {
    try {
      file.close();
    } catch (IOException e) {
      LOG.log(Level.WARNING, path + ": could not be closed", e);
    }
  }
}
