package dev.flyball.engine.model.arithmetic;

import dev.flyball.kernels.WorkerTeam;

/** Another arithmetic, whose inputs are shown to an observer before they are multiplied by. */
final class ObservedArithmetic implements Arithmetic {
  private final Arithmetic inner;
  private final ObservedProducts products;

  ObservedArithmetic(Arithmetic inner, InputObserver observer, WorkerTeam team) {
    this.inner = inner;
    products = new ObservedProducts(inner.products(), observer, team);
  }

  @Override
  public Products products() {
    return products;
  }

  @Override
  public ExpertWeights experts() {
    return new ObservedProducts.Experts(inner.experts());
  }

  @Override
  public Elementwise elementwise() {
    return inner.elementwise();
  }

  @Override
  public Scans scans() {
    return inner.scans();
  }

  @Override
  public void close() {
    inner.close();
  }
}
