package dev.flyball.server.models;

import dev.flyball.engine.Engine;
import java.time.Instant;
import java.util.Optional;

/**
 * A model that is loaded or loading.
 *
 * @param name its name in the catalogue
 * @param engine the engine; nothing while it loads
 * @param memoryBytes what it is estimated to need; 0 until that is known
 * @param users requests that hold it
 * @param expiry when it will be unloaded; nothing while it is used, or where it stays for ever
 */
public record ModelStatus(
    String name, Optional<Engine> engine, long memoryBytes, int users, Optional<Instant> expiry) {}
