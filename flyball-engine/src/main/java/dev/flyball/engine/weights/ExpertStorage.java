package dev.flyball.engine.weights;

import dev.flyball.engine.gguf.GgufFile;

/**
 * Where a model's experts are read from when they are needed.
 *
 * @param file whose matrices they are; open as long as the model is
 * @param memoryBytes what the experts kept in memory may take
 */
public record ExpertStorage(GgufFile file, long memoryBytes) {}
