package dev.flyball.cli.load;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Lets a command end its work in order when its process is told to end (Ctrl-C, SIGTERM): the work
 * is stopped, and the process waits until this is closed, a minute at most: what is stopped needs
 * moments, but a machine under load may take long to give them.
 */
public final class StopSignal implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 60;

  private final CountDownLatch done = new CountDownLatch(1);
  private final Thread hook;
  private volatile boolean given;

  /** Waits for the signal from now on. */
  public StopSignal(Runnable stop) {
    this.hook =
        Thread.ofPlatform()
            .name("flyball-load-stop")
            .unstarted(
                () -> {
                  given = true;
                  stop.run();
                  awaitDone();
                });
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /** Whether the process is ending: once this is closed, nothing more may come to be said. */
  public boolean given() {
    return given;
  }

  private void awaitDone() {
    try {
      boolean _ = done.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException impatient) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    done.countDown();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException alreadyEnding) {
      // then the hook is running, and has just been let go
    }
  }
}
