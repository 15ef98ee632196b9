package dev.flyball.engine;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/** Where tests find the folders outside this module. */
public final class SharedFolder {
  private SharedFolder() {}

  /** A path in the folder shared between repositories; the test is skipped where it is missing. */
  public static Path require(String relative) {
    Path path = repositoryRoot().resolveSibling("shared").resolve(relative);
    Assumptions.assumeTrue(
        Files.exists(path), () -> path + " is not on this machine: the test is skipped");
    return path;
  }

  /** The root of the repository. */
  public static Path repositoryRoot() {
    return Path.of(System.getProperty("flyball.root", "..")).toAbsolutePath().normalize();
  }
}
