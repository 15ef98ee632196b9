package dev.flyball.engine.gguf;

import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;

/** Damages a sound file in one of the ways files come to harm, and repairs it for the next. */
final class DamagedFile {
  private static final long[] TELLING_NUMBERS = {
    -1, 0, 1, 32, 1L << 31, (1L << 31) - 1, 1L << 32, 1L << 62, Long.MAX_VALUE, Long.MIN_VALUE, -32
  };
  private static final int MAXIMUM_CHANGES = 8;
  private static final int MAXIMUM_COPIED_BYTES = 64;

  private final byte[] sound;
  private final byte[] bytes;
  private final int headerBytes;
  private final int[] changedFrom = new int[MAXIMUM_CHANGES];
  private final int[] changedCount = new int[MAXIMUM_CHANGES];
  private int changes;

  DamagedFile(byte[] sound) {
    this.sound = sound;
    this.bytes = sound.clone();
    MemorySegment file = MemorySegment.ofArray(sound);
    GgufHeader header = GgufHeaderReader.read("sound", file);
    long firstData =
        header.tensors().stream()
            .mapToLong(tensor -> tensor.data().address() - file.address())
            .min()
            .orElse(sound.length);
    this.headerBytes = (int) firstData;
  }

  MemorySegment damage(SplittableRandom random) {
    MemorySegment file = MemorySegment.ofArray(bytes);
    return switch (random.nextInt(5)) {
      case 0 -> file.asSlice(0, random.nextInt(headerBytes));
      case 1 -> file.asSlice(0, random.nextInt(bytes.length));
      case 2 -> flipBits(file, random);
      case 3 -> setNumbers(file, random);
      default -> copyWithin(file, random);
    };
  }

  private MemorySegment flipBits(MemorySegment file, SplittableRandom random) {
    int flips = random.nextInt(1, MAXIMUM_CHANGES + 1);
    for (int i = 0; i < flips; i++) {
      int at = change(random.nextInt(headerBytes), 1);
      bytes[at] ^= (byte) (1 << random.nextInt(8));
    }
    return file;
  }

  private MemorySegment setNumbers(MemorySegment file, SplittableRandom random) {
    int at = random.nextInt(headerBytes - Long.BYTES);
    int count = random.nextBoolean() ? Long.BYTES : Integer.BYTES;
    change(at, count);
    long number = TELLING_NUMBERS[random.nextInt(TELLING_NUMBERS.length)];
    for (int i = 0; i < count; i++) {
      bytes[at + i] = (byte) (number >> (8 * i));
    }
    return file;
  }

  /** Gives parts of the header again elsewhere: twins, overlapping tensors, shifted fields. */
  private MemorySegment copyWithin(MemorySegment file, SplittableRandom random) {
    int count = random.nextInt(1, MAXIMUM_COPIED_BYTES);
    int from = random.nextInt(headerBytes - count);
    int to = change(random.nextInt(headerBytes - count), count);
    System.arraycopy(sound, from, bytes, to, count);
    return file;
  }

  private int change(int from, int count) {
    changedFrom[changes] = from;
    changedCount[changes] = count;
    changes++;
    return from;
  }

  void repair() {
    for (int i = 0; i < changes; i++) {
      System.arraycopy(sound, changedFrom[i], bytes, changedFrom[i], changedCount[i]);
    }
    changes = 0;
  }
}
