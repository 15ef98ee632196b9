package dev.flyball.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Holds the arrows of {@code docs/architecture.md}: they only point down the list of modules. */
class ModuleArrowsTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("dev.flyball");

  @Test
  void everyModuleIsOnTheClasspathOfThisTest() {
    assertThat(CLASSES.stream().map(JavaClass::getPackageName).collect(Collectors.toSet()))
        .contains(
            "dev.flyball.units",
            "dev.flyball.kernels",
            "dev.flyball.engine",
            "dev.flyball.governor",
            "dev.flyball.server",
            "dev.flyball.cli");
  }

  @Test
  void arrowsBetweenModulesOnlyPointDown() {
    layeredArchitecture()
        .consideringOnlyDependenciesInLayers()
        .layer("units")
        .definedBy("dev.flyball.units..")
        .layer("kernels")
        .definedBy("dev.flyball.kernels..")
        .layer("engine")
        .definedBy("dev.flyball.engine..")
        .layer("governor")
        .definedBy("dev.flyball.governor..")
        .layer("server")
        .definedBy("dev.flyball.server..")
        .layer("cli")
        .definedBy("dev.flyball.cli..")
        .optionalLayer("bench")
        .definedBy("dev.flyball.bench..")
        .whereLayer("units")
        .mayNotAccessAnyLayer()
        .whereLayer("kernels")
        .mayNotAccessAnyLayer()
        .whereLayer("engine")
        .mayOnlyAccessLayers("kernels", "units")
        .whereLayer("governor")
        .mayOnlyAccessLayers("units")
        .whereLayer("server")
        .mayOnlyAccessLayers("governor", "engine", "units")
        .whereLayer("bench")
        .mayNotBeAccessedByAnyLayer()
        .check(CLASSES);
  }

  @ParameterizedTest
  @ValueSource(strings = {"kernels", "engine", "server", "cli"})
  void packagesOfAModuleDependOnEachOtherWithoutCycles(String module) {
    slices().matching("dev.flyball." + module + ".(*)..").should().beFreeOfCycles().check(CLASSES);
  }

  @Test
  void onlyTheKernelsRunCodeOutsideTheJvm() {
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.flyball.kernels..")
        .should()
        .dependOnClassesThat()
        .haveFullyQualifiedName("java.lang.foreign.Linker")
        .check(CLASSES);
  }

  @Test
  void theGovernorHasNoThreadsNoClockAndNoFiles() {
    noClasses()
        .that()
        .resideInAPackage("dev.flyball.governor..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("java.io..", "java.nio..", "java.net..", "java.util.concurrent..")
        .orShould()
        .dependOnClassesThat()
        .haveNameMatching(
            "java\\.lang\\.(Thread|ProcessHandle)|java\\.time\\.(Clock|InstantSource)")
        .orShould()
        .callMethod(System.class, "nanoTime")
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .check(CLASSES);
  }

  @Test
  void noClassCarriesANameThatSaysNothing() {
    Set<String> empty = Set.of("Impl", "Util", "Utils", "Manager", "Helper", "Common");
    noClasses().should().haveNameMatching(".*(" + String.join("|", empty) + ")").check(CLASSES);
  }

  @Test
  void everyPackageSaysWhatBelongsThere() throws IOException {
    Path root = Path.of(System.getProperty("flyball.root"));
    List<Path> mute;
    try (Stream<Path> modules = Files.list(root)) {
      mute =
          modules
              .map(module -> module.resolve("src/main/java"))
              .filter(Files::isDirectory)
              .flatMap(ModuleArrowsTest::packagesOf)
              .filter(folder -> !Files.exists(folder.resolve("package-info.java")))
              .toList();
    }
    assertThat(mute).isEmpty();
  }

  @Test
  void nothingButTheServerAndTheCommandLineKnowsJson() {
    DescribedPredicate<JavaClass> json =
        JavaClass.Predicates.resideInAPackage("com.fasterxml.jackson..");
    noClasses()
        .that()
        .resideInAnyPackage(
            "dev.flyball.units..",
            "dev.flyball.kernels..",
            "dev.flyball.engine..",
            "dev.flyball.governor..")
        .should()
        .dependOnClassesThat(json)
        .check(CLASSES);
  }

  private static Stream<Path> packagesOf(Path sources) {
    try (Stream<Path> files = Files.walk(sources)) {
      return files
          .filter(file -> file.toString().endsWith(".java"))
          .map(Path::getParent)
          .distinct()
          .toList()
          .stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
