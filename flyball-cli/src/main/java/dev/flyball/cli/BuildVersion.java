package dev.flyball.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/** What this build is. */
public final class BuildVersion implements IVersionProvider {
  private final Properties properties = new Properties();

  /** Reads it from the jar. */
  public BuildVersion() {
    try (InputStream resource = BuildVersion.class.getResourceAsStream("build.properties")) {
      properties.load(resource);
    } catch (IOException e) {
      throw new UncheckedIOException("build.properties is missing in this jar", e);
    }
  }

  /** {@code 0.1.0}. */
  public String version() {
    return properties.getProperty("version", "unknown");
  }

  /** The commit that was built, {@code unknown} where the build was not told. */
  public String commit() {
    return properties.getProperty("commit", "unknown");
  }

  @Override
  public String[] getVersion() {
    return new String[] {
      "flyball " + version() + " (commit " + commit() + ", Java " + Runtime.version() + ")"
    };
  }
}
