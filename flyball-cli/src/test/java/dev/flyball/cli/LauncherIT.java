package dev.flyball.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launcher script in a checkout of its own, whose build is a stand-in that counts itself. */
class LauncherIT {
  private static final Path ROOT = Path.of(System.getProperty("flyball.root"));

  @TempDir Path folder;
  private Path checkout;
  private Path jar;
  private Path source;

  @BeforeEach
  void makeCheckout() throws IOException {
    checkout = Files.createDirectories(folder.resolve("check out"));
    jar = checkout.resolve("flyball-cli/target/flyball.jar");
    source = checkout.resolve("flyball-cli/src/main/java/Any.java");
    Files.createDirectories(source.getParent());
    Files.createDirectories(checkout.resolve(".mvn"));
    Files.createDirectories(checkout.resolve("models"));
    Files.writeString(source, "");
    Files.writeString(checkout.resolve("pom.xml"), "");
    Files.writeString(checkout.resolve("flyball-cli/pom.xml"), "");
    Files.copy(ROOT.resolve("flyball"), checkout.resolve("flyball"));
    findJdk("FLYBALL_JDK='" + System.getProperty("java.home") + "'");
    buildBy(
        """
        echo built >>builds.txt
        sleep 1
        cp '%s' flyball-cli/target/flyball.jar
        """
            .formatted(ROOT.resolve("flyball-cli/target/flyball.jar")));
  }

  @Test
  void missingJarIsBuiltOnceAndThenRun() throws Exception {
    FinishedProcess first = launch("--version");
    FinishedProcess second = launch("--version");

    assertThat(first.out()).startsWith("flyball 0.");
    assertThat(first.err()).contains("building flyball.jar");
    assertThat(second.err()).isEmpty();
    assertThat(builds()).isEqualTo(1);
  }

  @Test
  void changedSourceIsBuiltAgain() throws Exception {
    launch("--version");
    Files.setLastModifiedTime(source, FileTime.from(Instant.now().plusSeconds(2)));
    Files.setLastModifiedTime(jar, FileTime.from(Instant.now()));

    launch("--version");

    assertThat(builds()).isEqualTo(2);
  }

  @Test
  void twoLaunchesAtOnceBuildOnce() throws Exception {
    FinishedProcess.Running first = start("--version");
    FinishedProcess.Running second = start("--version");

    assertThat(FinishedProcess.await(first).out()).startsWith("flyball 0.");
    assertThat(FinishedProcess.await(second).out()).startsWith("flyball 0.");
    assertThat(builds()).isEqualTo(1);
  }

  @Test
  void lockOfADeadLaunchIsTakenOver() throws Exception {
    Path lock = Files.createDirectories(checkout.resolve("flyball-cli/target/flyball-build.lock"));
    Files.writeString(lock.resolve("pid"), "999999999\n");

    assertThat(launch("--version").out()).startsWith("flyball 0.");
  }

  @Test
  void failedBuildShowsItsLogAndLeavesNoLock() throws Exception {
    buildBy("echo the reason is this; exit 3");

    FinishedProcess launch = launch("--version");

    assertThat(launch.status()).isEqualTo(1);
    assertThat(launch.err()).contains("the build failed").contains("the reason is this");
    assertThat(checkout.resolve("flyball-cli/target/flyball-build.lock")).doesNotExist();
  }

  @Test
  void missingJdkIsSaidWithWhereToGetOne() throws Exception {
    findJdk("return 1");

    FinishedProcess launch = launch("serve");

    assertThat(launch.status()).isEqualTo(1);
    assertThat(launch.out()).isEmpty();
    assertThat(launch.err()).contains("JDK of version 25").contains("adoptium.net");
  }

  @Test
  void worksThroughASymbolicLinkFromAnywhere() throws Exception {
    Path link = Files.createSymbolicLink(folder.resolve("fb"), checkout.resolve("flyball"));

    FinishedProcess launch = FinishedProcess.of(folder, Map.of(), List.of(link.toString(), "-V"));

    assertThat(launch.out()).startsWith("flyball 0.");
  }

  @Test
  void argumentsArriveAsTheyWereGiven() throws Exception {
    FinishedProcess launch = launch("tokenize", "fable-5m", "two  words * $HOME", "--json");
    FinishedProcess other = launch("tokenize", "fable-5m", "two words * $HOME", "--json");

    assertThat(launch.status()).as(launch.err()).isZero();
    assertThat(launch.out()).startsWith("{\"ids\":[").isNotEqualTo(other.out());
  }

  private FinishedProcess launch(String... arguments) throws Exception {
    return FinishedProcess.await(start(arguments));
  }

  private FinishedProcess.Running start(String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of("sh", checkout.resolve("flyball").toString()));
    command.addAll(List.of(arguments));
    return FinishedProcess.start(
        folder, Map.of("FLYBALL_HOME", folder.resolve("data").toString()), command);
  }

  private long builds() throws IOException {
    return Files.readAllLines(checkout.resolve("builds.txt")).size();
  }

  private void findJdk(String body) throws IOException {
    Files.writeString(
        checkout.resolve(".mvn/find-jdk.sh"), "flyball_find_jdk() {\n" + body + "\n}\n");
  }

  private void buildBy(String script) throws IOException {
    Path mvnw = checkout.resolve("mvnw");
    Files.writeString(mvnw, "#!/bin/sh\nset -e\n" + script);
    Files.setPosixFilePermissions(mvnw, PosixFilePermissions.fromString("rwxr-xr-x"));
  }
}
