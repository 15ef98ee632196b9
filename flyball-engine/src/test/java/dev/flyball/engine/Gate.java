package dev.flyball.engine;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Holds an engine's steps back until a test lets them go; closing it lets all go. */
final class Gate implements AutoCloseable {
  private final TestModel model;
  private final Runnable action;
  private final Semaphore arrived = new Semaphore(0);
  private final Semaphore let = new Semaphore(0);

  private Gate(TestModel model, Runnable action) {
    this.model = model;
    this.action = action;
  }

  /** A gate before every step, and an action behind it, which stays when the gate is gone. */
  static Gate before(TestModel model, Runnable action) {
    Gate gate = new Gate(model, action);
    model.beforeStep(batch -> gate.pass());
    return gate;
  }

  private void pass() {
    arrived.release();
    let.acquireUninterruptibly();
    action.run();
  }

  /** Waits until the engine stands before the gate. */
  void awaitStep() {
    try {
      if (!arrived.tryAcquire(60, TimeUnit.SECONDS)) {
        throw new AssertionError("no step within a minute");
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Lets one step go and waits until the engine stands before the next. */
  void step() {
    let.release();
    awaitStep();
  }

  @Override
  public void close() {
    model.beforeStep(batch -> action.run());
    let.release(1_000_000);
  }
}
