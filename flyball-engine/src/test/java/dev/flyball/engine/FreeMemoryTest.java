package dev.flyball.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FreeMemoryTest {
  @TempDir Path folder;

  @Test
  void whatTheMachineCallsAvailableIsFree() throws IOException {
    write("proc/meminfo", "MemTotal:       24684092 kB\nMemAvailable:   1000 kB\n");
    assertThat(free()).isEqualTo(1000 * 1024);
  }

  @Test
  void theTightestControlGroupAroundTheProcessCounts() throws IOException {
    write("proc/meminfo", "MemAvailable:   1000000 kB\n");
    write("proc/self/cgroup", "12:cpu:/elsewhere\n0::/pods/pod7\n");
    write("cgroup/pods/pod7/memory.max", "max\n");
    write("cgroup/pods/pod7/memory.current", "5\n");
    write("cgroup/pods/memory.max", "9000\n");
    write("cgroup/pods/memory.current", "5000\n");
    write("cgroup/pods/memory.stat", "anon 3000\ninactive_file 1500\nactive_file 500\n");
    assertThat(free()).isEqualTo(9000 - (5000 - 1500));
    write("cgroup/memory.max", "100\n");
    write("cgroup/memory.current", "300\n");
    assertThat(free()).isZero();
  }

  @Test
  void groupsOfTheFirstVersionCountToo() throws IOException {
    write("proc/meminfo", "MemAvailable:   1000000 kB\n");
    write("proc/self/cgroup", "5:cpu:/\n4:memory:/pods/pod7\n0::/\n");
    write("cgroup/memory/memory.stat", "hierarchical_memory_limit 9223372036854771712\n");
    write("cgroup/memory/memory.usage_in_bytes", "7000\n");
    assertThat(free()).isEqualTo(1_000_000L * 1024);
    write(
        "cgroup/memory/pods/pod7/memory.stat",
        "cache 5\nhierarchical_memory_limit 9000\ntotal_inactive_file 1500\n");
    write("cgroup/memory/pods/pod7/memory.usage_in_bytes", "5000\n");
    assertThat(free()).isEqualTo(9000 - (5000 - 1500));
  }

  @Test
  void withoutFilesThereIsNoLimit() throws IOException {
    assertThat(free()).isEqualTo(Long.MAX_VALUE);
    write("proc/meminfo", "MemAvailable: many kB\n");
    write("proc/self/cgroup", "0::/../..\n");
    assertThat(free()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void thisProcessHasSomeMemory() {
    assertThat(FreeMemory.measure().heapBytes()).isPositive();
    assertThat(FreeMemory.measure().machineBytes()).isPositive();
  }

  private long free() {
    return FreeMemory.machineBytes(folder.resolve("proc"), folder.resolve("cgroup"));
  }

  private void write(String name, String content) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, content);
  }
}
