package dev.flyball.engine.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class BlockFingerprintTest {
  private static final KvShape SHAPE = new KvShape(2, 2, 40, 33, KvStorage.HEAP_F32);

  @Test
  void everyStorageHasItsOwnAndKeepsIt() {
    for (KvStorage storage : KvStorage.values()) {
      PrefixDigest once = BlockFingerprint.of("model", SHAPE.with(storage));
      assertThat(BlockFingerprint.of("model", SHAPE.with(storage))).isEqualTo(once);
    }
    assertThat(
            Arrays.stream(KvStorage.values())
                .map(storage -> BlockFingerprint.of("model", SHAPE.with(storage)))
                .distinct())
        .hasSameSizeAs(KvStorage.values());
  }

  @Test
  void modelAndShapeAreInIt() {
    PrefixDigest one = BlockFingerprint.of("model", SHAPE);
    assertThat(BlockFingerprint.of("other", SHAPE)).isNotEqualTo(one);
    KvShape longer = new KvShape(2, 2, 33, 40, KvStorage.HEAP_F32);
    assertThat(BlockFingerprint.of("model", longer)).isNotEqualTo(one);
  }
}
