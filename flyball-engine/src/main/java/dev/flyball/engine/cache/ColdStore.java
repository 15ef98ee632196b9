package dev.flyball.engine.cache;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Where evicted blocks go, and come back from, and the states behind them: a {@link BlockFile} of
 * each, with limits to what may be read and written between two steps, so that running requests do
 * not wait long for it. A file that fails is given up; the cache goes on without.
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

  /** Of the states behind some blocks, where the model has states. */
  private final Optional<BlockFile> states;

  private final long blockBytes;
  private final long stateBytes;
  private final FileSpeed reading = new FileSpeed();
  private final FileSpeed writing = new FileSpeed();
  private boolean failed;
  private long readInStep;
  private long writtenInStep;
  private long readBlocks;
  private long writtenBlocks;

  private ColdStore(Path path, BlockFile file, Optional<BlockFile> states, KvShape shape) {
    this.path = path;
    this.file = file;
    this.states = states;
    blockBytes = shape.blockBytes();
    stateBytes = shape.stateBytes();
  }

  /**
   * Opens the files of a model and a shape, or makes new ones.
   *
   * @throws IOException where they cannot be used
   * @throws ArithmeticException where a block or a state is larger than a slot can be
   */
  static ColdStore open(CacheDirectory directory, String model, KvShape shape) throws IOException {
    Files.createDirectories(directory.path().toAbsolutePath());
    PrefixDigest identity = BlockFingerprint.of(model, shape);
    long forStates = stateShare(shape, directory.limitBytes());
    Path path = directory.path().resolve("%016x.kv".formatted(identity.a()));
    int blockBytes = Math.toIntExact(shape.blockBytes());
    BlockFile file = BlockFile.open(path, identity, blockBytes, directory.limitBytes() - forStates);
    try {
      Optional<BlockFile> states = Optional.empty();
      if (shape.hasState()) {
        Path statesPath = directory.path().resolve("%016x-states.kv".formatted(identity.a()));
        PrefixDigest ofStates = BlockFingerprint.ofStates(model, shape);
        int stateBytes = Math.toIntExact(shape.stateBytes());
        states = Optional.of(BlockFile.open(statesPath, ofStates, stateBytes, forStates));
        directory.removeOldest(List.of(path, statesPath));
      } else {
        directory.removeOldest(List.of(path));
      }
      LOG.log(Level.INFO, path + ": " + file.size() + " blocks of keys and values found");
      return new ColdStore(path, file, states, shape);
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  /** So many bytes that both files have room for as long texts. */
  private static long stateShare(KvShape shape, long limitBytes) {
    double ofBlocks = (double) shape.bytesPerToken() * shape.snapshotTokens();
    double ofState = (double) shape.stateBytes();
    return shape.hasState() ? (long) ((double) limitBytes * ofState / (ofState + ofBlocks)) : 0;
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
    return hasReadNothing() || blockBytes <= readableBytes(alone);
  }

  /** Whether nothing has been read since the step began. */
  boolean hasReadNothing() {
    return readInStep == 0;
  }

  /** Bytes that may still be read before the next step; negative where too much was read. */
  long readableBytes(boolean alone) {
    return (alone ? READ_BYTES_ALONE : READ_BYTES_PER_STEP) - readInStep;
  }

  /** How long it takes to write so many bytes and to read them back; nothing where it failed. */
  OptionalDouble swapNanos(long bytes) {
    return failed
        ? OptionalDouble.empty()
        : OptionalDouble.of(writing.nanos(bytes) + reading.nanos(bytes));
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

  /** Whether the state behind a block is there. */
  boolean containsState(PrefixDigest digest) {
    return !failed && states.isPresent() && states.get().contains(digest);
  }

  /** Reads the block that follows {@code parent} with these ids. */
  boolean read(PrefixDigest parent, int[] ids, KvBlock block) {
    if (failed) {
      return false;
    }
    readInStep += blockBytes;
    long beginNanos = System.nanoTime();
    try {
      boolean found = file.read(parent.followedBy(ids), parent, ids, block);
      if (found) {
        reading.observe(blockBytes, System.nanoTime() - beginNanos);
        readBlocks++;
      }
      return found;
    } catch (IOException e) {
      giveUp(e);
      return false;
    }
  }

  /** Reads the state behind a block. */
  boolean readState(PrefixNode node, StateSnapshot snapshot) {
    if (failed || states.isEmpty()) {
      return false;
    }
    readInStep += stateBytes;
    try {
      return states.get().read(node.digest, digest(node.parent()), node.key.ids(), snapshot);
    } catch (IOException e) {
      giveUp(e);
      return false;
    }
  }

  /**
   * Writes a block that is about to leave memory, and the state behind it, unless it is not worth
   * it or enough was written for one step.
   */
  void offer(PrefixNode node) {
    if (node.forgotten) {
      return;
    }
    if (writtenInStep + blockBytes <= WRITE_BYTES_PER_STEP) {
      writeBlock(node);
    }
    offerState(node);
  }

  /** Likewise the state alone; the first one of a step, however large it is. */
  void offerState(PrefixNode node) {
    if (writtenInStep == 0 || writtenInStep + stateBytes <= WRITE_BYTES_PER_STEP) {
      writeState(node);
    }
  }

  /** Writes a block and the state behind it, unless they are in the file. */
  void write(PrefixNode node) {
    writeBlock(node);
    writeState(node);
  }

  private void writeBlock(PrefixNode node) {
    long beginNanos = System.nanoTime();
    if (write(file, node, node.block)) {
      writing.observe(blockBytes, System.nanoTime() - beginNanos);
      writtenInStep += blockBytes;
      writtenBlocks++;
    }
  }

  private void writeState(PrefixNode node) {
    if (states.isPresent()
        && node.snapshot.isPresent()
        && write(states.get(), node, node.snapshot.get())) {
      writtenInStep += stateBytes;
    }
  }

  /** False where it is there already, or cannot be written. */
  private boolean write(BlockFile to, PrefixNode node, SlotContent content) {
    if (failed || to.touch(node.digest)) {
      return false;
    }
    try {
      to.write(node.digest, digest(node.parent()), node.key.ids(), content);
      return true;
    } catch (IOException e) {
      giveUp(e);
      return false;
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
    states.ifPresent(BlockFile::checkIntegrity);
  }

  private void giveUp(IOException e) {
    failed = true;
    LOG.log(Level.WARNING, path + ": the cache goes on without this file", e);
  }

  void close() {
    close(file);
    states.ifPresent(this::close);
  }

  private void close(BlockFile opened) {
    try {
      opened.close();
    } catch (IOException e) {
      LOG.log(Level.WARNING, path + ": could not be closed", e);
    }
  }
}
