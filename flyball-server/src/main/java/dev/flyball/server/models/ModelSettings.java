package dev.flyball.server.models;

import dev.flyball.engine.EngineOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Which models there are and how they are run.
 *
 * @param folder searched for model files
 * @param files further model files; the first is the default model unless another is named
 * @param defaultModel what a request gets that names no model
 * @param preload load the default model at start
 * @param keepAlive how long an idle model stays loaded
 * @param memoryLimitBytes what all loaded models may need together; 0: what the machine has
 * @param engine how an engine is run
 */
public record ModelSettings(
    Path folder,
    List<Path> files,
    Optional<String> defaultModel,
    boolean preload,
    KeepAlive keepAlive,
    long memoryLimitBytes,
    EngineOptions engine) {

  public ModelSettings {
    files = List.copyOf(files);
    if (memoryLimitBytes < 0) {
      throw new IllegalArgumentException("the memory limit must not be negative");
    }
  }

  /** Models from a folder, loaded on first use, with the usual times and sizes. */
  public static ModelSettings ofFolder(Path folder) {
    return new ModelSettings(
        folder,
        List.of(),
        Optional.empty(),
        false,
        KeepAlive.FIVE_MINUTES,
        0,
        EngineOptions.DEFAULT);
  }

  public ModelSettings withFiles(List<Path> newFiles) {
    return new ModelSettings(
        folder, newFiles, defaultModel, preload, keepAlive, memoryLimitBytes, engine);
  }

  public ModelSettings withDefaultModel(String name) {
    return new ModelSettings(
        folder, files, Optional.of(name), preload, keepAlive, memoryLimitBytes, engine);
  }

  public ModelSettings withPreload(boolean newPreload) {
    return new ModelSettings(
        folder, files, defaultModel, newPreload, keepAlive, memoryLimitBytes, engine);
  }

  public ModelSettings withKeepAlive(KeepAlive newKeepAlive) {
    return new ModelSettings(
        folder, files, defaultModel, preload, newKeepAlive, memoryLimitBytes, engine);
  }

  public ModelSettings withMemoryLimitBytes(long bytes) {
    return new ModelSettings(folder, files, defaultModel, preload, keepAlive, bytes, engine);
  }

  public ModelSettings withEngine(EngineOptions newEngine) {
    return new ModelSettings(
        folder, files, defaultModel, preload, keepAlive, memoryLimitBytes, newEngine);
  }

  /** What models may take: the limit set by hand, or the machine's. */
  public MemoryBudget memoryBudget() {
    return memoryLimitBytes > 0 ? MemoryBudget.fixed(memoryLimitBytes) : new MachineMemory();
  }
}
