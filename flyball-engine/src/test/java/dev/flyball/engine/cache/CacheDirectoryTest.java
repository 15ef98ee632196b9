package dev.flyball.engine.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CacheDirectoryTest {
  private static final int MIB = 1 << 20;

  @TempDir private Path folder;

  private Path file(String name, int bytes, int age) throws IOException {
    Path file = Files.write(folder.resolve(name), new byte[bytes]);
    return Files.setLastModifiedTime(file, FileTime.from(Instant.EPOCH.plusSeconds(1000 - age)));
  }

  @Test
  void filesOfModelsNotUsedForLongestGiveWayToNewerOnes() throws IOException {
    Path used = file("used.kv", MIB, 900);
    Path oldest = file("oldest.kv", MIB, 800);
    Path older = file("older.kv.unusable", MIB, 700);
    Path newer = file("newer.kv", MIB, 600);
    Path newest = file("newest.kv", MIB - 1, 500);
    Path others = file("notes.txt", 5 * MIB, 999);
    new CacheDirectory(folder, MIB).removeOldest(List.of(used));
    assertThat(oldest).doesNotExist();
    assertThat(older).exists();
    assertThat(newer).exists();
    assertThat(newest).exists();
    assertThat(used).exists();
    assertThat(others).exists();
  }

  @Test
  void aFileThatIsUsedAgainIsNoLongerTheOldest() throws IOException {
    Path first = file("first.kv", 2 * MIB, 900);
    Path second = file("second.kv", 2 * MIB, 800);
    CacheDirectory directory = new CacheDirectory(folder, MIB);
    directory.removeOldest(List.of(first));
    Path third = file("third.kv", MIB, 0);
    directory.removeOldest(List.of(third));
    assertThat(first).exists();
    assertThat(second).doesNotExist();
  }
}
