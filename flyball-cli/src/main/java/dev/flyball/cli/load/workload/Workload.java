package dev.flyball.cli.load.workload;

import java.util.List;
import java.util.Optional;

/** Requests in the order of their arrival. Used by one thread at a time. */
public sealed interface Workload extends AutoCloseable permits SyntheticWorkload, TraceWorkload {
  /** The next request; nothing at the end. */
  Optional<PlannedRequest> next();

  /** What this is, in one line. */
  String description();

  /** The classes that requests are reported under, as far as known before. */
  List<String> classNames();

  @Override
  void close();
}
