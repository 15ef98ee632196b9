package dev.flyball.server.models;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Finds the model files below a folder.
 *
 * <pre>
 *   ROOT/hf/OWNER/REPO/.../FILE-Q4_K_M.gguf   OWNER/REPO:Q4_K_M
 *   ROOT/.../FILE.gguf                        FILE
 * </pre>
 *
 * <p>Of two models that would have the same name, each gets its path below the folder instead.
 */
final class ModelFolder {
  private static final int MAX_DEPTH = 8;
  private static final int MAX_FILES = 10_000;
  private static final String HUB = "hf";

  private final Path root;

  ModelFolder(Path root) {
    this.root = root;
  }

  /** Every model, once however many parts it has. */
  List<CatalogModel> scan() {
    Map<Path, List<Path>> byStem =
        modelFiles().stream().collect(Collectors.groupingBy(ModelFolder::stemPath));
    Map<String, List<List<Path>>> byName = new TreeMap<>();
    for (List<Path> parts : byStem.values()) {
      parts.sort(Comparator.naturalOrder());
      byName.computeIfAbsent(shortName(parts.getFirst()), name -> new ArrayList<>()).add(parts);
    }
    List<CatalogModel> models = new ArrayList<>();
    byName.forEach(
        (name, sameName) -> {
          for (List<Path> parts : sameName) {
            models.add(describe(sameName.size() == 1 ? name : longName(parts.getFirst()), parts));
          }
        });
    return models;
  }

  /** The model that a given file, or the first part of a split one, starts. */
  static CatalogModel describeFile(Path file) {
    ModelFileName name = ModelFileName.of(file);
    List<Path> parts = new ArrayList<>();
    parts.add(file);
    for (int part = 2; part <= name.parts(); part++) {
      Path sibling =
          file.resolveSibling("%s-%05d-of-%05d.gguf".formatted(name.stem(), part, name.parts()));
      if (Files.isRegularFile(sibling)) {
        parts.add(sibling);
      }
    }
    return describe(name.stem(), parts);
  }

  private List<Path> modelFiles() {
    if (!Files.isDirectory(root)) {
      return List.of();
    }
    try (Stream<Path> files =
        Files.find(root, MAX_DEPTH, ModelFolder::isModelFile, FileVisitOption.FOLLOW_LINKS)) {
      return files.limit(MAX_FILES).toList();
    } catch (IOException e) {
      throw new UncheckedIOException("the models folder cannot be read: " + root, e);
    }
  }

  private static boolean isModelFile(Path file, BasicFileAttributes attributes) {
    return attributes.isRegularFile() && ModelFileName.isModel(file);
  }

  private static Path stemPath(Path file) {
    return file.resolveSibling(ModelFileName.of(file).stem());
  }

  private String shortName(Path file) {
    ModelFileName name = ModelFileName.of(file);
    Path relative = root.relativize(file);
    if (relative.getNameCount() >= 4 && relative.getName(0).toString().equals(HUB)) {
      return relative.getName(1)
          + "/"
          + relative.getName(2)
          + ":"
          + name.quant().orElse(name.stem());
    }
    return name.stem();
  }

  private String longName(Path file) {
    return root.relativize(stemPath(file)).toString().replace('\\', '/');
  }

  private static CatalogModel describe(String name, List<Path> parts) {
    long bytes = 0;
    Instant modified = Instant.EPOCH;
    for (Path part : parts) {
      try {
        bytes += Files.size(part);
        Instant written = Files.getLastModifiedTime(part).toInstant();
        modified = written.isAfter(modified) ? written : modified;
      } catch (IOException e) {
        throw new UncheckedIOException("the model file cannot be read: " + part, e);
      }
    }
    return new CatalogModel(name, parts, bytes, modified);
  }
}
