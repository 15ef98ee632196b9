package dev.flyball.server.models;

import dev.flyball.engine.Engine;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** A place in the registry. All fields but the future are guarded by the registry's lock. */
final class LoadedModel {
  final CatalogModel model;

  /** The engine once it is loaded; fails where loading fails. */
  final CompletableFuture<Engine> engine = new CompletableFuture<>();

  long memoryBytes;
  int users;
  KeepAlive keepAlive;
  Instant idleSince;

  LoadedModel(CatalogModel model, KeepAlive keepAlive, Instant now) {
    this.model = model;
    this.keepAlive = keepAlive;
    this.idleSince = now;
  }

  boolean isReady() {
    return engine.isDone() && !engine.isCompletedExceptionally();
  }

  boolean isIdle() {
    return users == 0 && isReady();
  }

  boolean isExpired(Instant now) {
    return isIdle() && keepAlive.expiry(idleSince).filter(at -> !at.isAfter(now)).isPresent();
  }

  ModelStatus status() {
    return new ModelStatus(
        model.name(),
        isReady() ? Optional.of(engine.join()) : Optional.empty(),
        memoryBytes,
        users,
        isIdle() ? keepAlive.expiry(idleSince) : Optional.empty());
  }
}
