package dev.flyball.engine.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BlockFileTest {
  private static final KvShape SHAPE = new KvShape(2, 1, 2, 3, KvStorage.HEAP_F32);
  private static final int BLOCK_BYTES = (int) SHAPE.bytesPerToken() * PagedKvCache.BLOCK_TOKENS;
  private static final int SLOT_BYTES = BLOCK_BYTES + SlotHeader.BYTES;
  private static final PrefixDigest MODEL = new PrefixDigest(1, 2, 3, 4);

  @TempDir private Path folder;

  private Path path() {
    return folder.resolve("blocks.kv");
  }

  private BlockFile open(int slots) throws IOException {
    long limit = BlockFileHeader.BYTES + (long) slots * SLOT_BYTES;
    return BlockFile.open(path(), MODEL, BLOCK_BYTES, limit);
  }

  private static int[] ids(int number) {
    int[] ids = new int[PagedKvCache.BLOCK_TOKENS];
    Arrays.fill(ids, number);
    return ids;
  }

  private static PrefixDigest digest(BlockFile file, int number) {
    return file.root(KvNamespace.EVERYBODY).followedBy(ids(number));
  }

  private static HeapKvBlock block(int number) {
    HeapKvBlock block = new HeapKvBlock(0, SHAPE);
    for (int layer = 0; layer < SHAPE.layers(); layer++) {
      Arrays.fill(block.keys[layer], number + layer);
      Arrays.fill(block.values[layer], -number - layer);
    }
    return block;
  }

  private static void write(BlockFile file, int number) throws IOException {
    PrefixDigest root = file.root(KvNamespace.EVERYBODY);
    file.write(digest(file, number), root, ids(number), block(number));
    file.checkIntegrity();
  }

  /** Whether the block is there; if so, it must be the right one. */
  private static boolean read(BlockFile file, int number) throws IOException {
    HeapKvBlock block = block(99);
    PrefixDigest root = file.root(KvNamespace.EVERYBODY);
    if (!file.read(digest(file, number), root, ids(number), block)) {
      return false;
    }
    assertThat(block.keys).isDeepEqualTo(block(number).keys);
    assertThat(block.values).isDeepEqualTo(block(number).values);
    return true;
  }

  @Test
  void whatWasWrittenIsThereAfterARestart() throws IOException {
    try (BlockFile file = open(5)) {
      write(file, 1);
      write(file, 2);
    }
    try (BlockFile file = open(5)) {
      assertThat(file.size()).isEqualTo(2);
      assertThat(read(file, 1)).isTrue();
      assertThat(read(file, 2)).isTrue();
      assertThat(read(file, 3)).isFalse();
    }
  }

  @Test
  void theLeastRecentlyUsedGivesWayAndTheFileStaysWithinItsLimit() throws IOException {
    try (BlockFile file = open(3)) {
      write(file, 1);
      write(file, 2);
      write(file, 3);
      assertThat(file.touch(digest(file, 1))).isTrue();
      write(file, 4);
      assertThat(read(file, 2)).isFalse();
      assertThat(read(file, 1) && read(file, 3) && read(file, 4)).isTrue();
    }
    assertThat(Files.size(path())).isEqualTo(BlockFileHeader.BYTES + 3L * SLOT_BYTES);
    try (BlockFile smaller = open(1)) {
      assertThat(smaller.size()).isEqualTo(1);
      assertThat(Files.size(path())).isEqualTo(BlockFileHeader.BYTES + (long) SLOT_BYTES);
    }
  }

  @Test
  void aFileOfAnotherModelIsSetAside() throws IOException {
    try (BlockFile file = open(3)) {
      write(file, 1);
    }
    PrefixDigest other = new PrefixDigest(1, 2, 3, 5);
    try (BlockFile file = BlockFile.open(path(), other, BLOCK_BYTES, 1 << 20)) {
      assertThat(file.size()).isZero();
    }
    assertThat(folder.resolve("blocks.kv.unusable")).exists();
    try (BlockFile file = BlockFile.open(path(), other, 2 * BLOCK_BYTES, 1 << 20)) {
      assertThat(file.size()).isZero();
    }
  }

  @Test
  void twoEnginesCannotHaveOneFileOpen() throws IOException {
    try (BlockFile file = open(3)) {
      assertThatThrownBy(() -> open(3))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("open");
      write(file, 1);
    }
  }

  @Test
  void aLimitBelowOneBlockIsRefused() {
    assertThatThrownBy(() -> open(0)).isInstanceOf(IOException.class).hasMessageContaining("limit");
  }

  @Test
  void damageIsNeverTrustedWhereverItIs() throws IOException {
    long seed = System.nanoTime();
    System.out.println("BlockFileTest seed " + seed);
    Random random = new Random(seed);
    int lost = 0;
    for (int run = 0; run < 300; run++) {
      Files.deleteIfExists(path());
      try (BlockFile file = open(4)) {
        for (int i = 0; i < 4; i++) {
          write(file, i);
        }
      }
      damage(random);
      try (BlockFile file = open(1 + random.nextInt(6))) {
        file.checkIntegrity();
        for (int i = 0; i < 4; i++) {
          lost += read(file, i) ? 0 : 1;
        }
        write(file, 7);
        assertThat(read(file, 7)).isTrue();
      }
    }
    assertThat(lost).isPositive();
  }

  private void damage(Random random) throws IOException {
    byte[] bytes = Files.readAllBytes(path());
    switch (random.nextInt(4)) {
      case 0 -> bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length + 1));
      case 1 -> bytes = Arrays.copyOf(bytes, bytes.length + random.nextInt(2 * SLOT_BYTES));
      case 2 -> {
        int from = random.nextInt(bytes.length);
        byte[] noise = new byte[random.nextInt(bytes.length - from + 1)];
        random.nextBytes(noise);
        System.arraycopy(noise, 0, bytes, from, noise.length);
      }
      default -> {
        for (int i = random.nextInt(20); i >= 0; i--) {
          bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
        }
      }
    }
    Files.write(path(), bytes);
  }

  @Test
  void aSlotInAnothersPlaceIsNotTaken() throws IOException {
    try (BlockFile file = open(2)) {
      write(file, 1);
      write(file, 2);
      PrefixDigest root = file.root(KvNamespace.EVERYBODY);
      HeapKvBlock block = block(0);
      assertThat(file.read(digest(file, 1), root, ids(2), block)).isFalse();
      PrefixDigest elsewhere = file.root(new KvNamespace("elsewhere"));
      assertThat(file.read(digest(file, 2), elsewhere, ids(2), block)).isFalse();
    }
  }

  @Test
  void headersComeBackAsTheyWere() {
    ByteBuffer bytes = ByteBuffer.allocate(SlotHeader.BYTES);
    SlotHeader header = new SlotHeader(MODEL, PrefixDigest.NONE, ids(-5), Long.MIN_VALUE, -1);
    header.write(bytes);
    SlotHeader found = SlotHeader.read(bytes.flip()).orElseThrow();
    assertThat(found).usingRecursiveComparison().isEqualTo(header);
    BlockFileHeader beginning = BlockFileHeader.create(MODEL, 12345);
    assertThat(BlockFileHeader.read(beginning.bytes())).contains(beginning);
  }
}
