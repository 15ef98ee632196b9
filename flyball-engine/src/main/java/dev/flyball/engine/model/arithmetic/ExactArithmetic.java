package dev.flyball.engine.model.arithmetic;

import dev.flyball.kernels.WorkerTeam;

/**
 * Plain Java on the weights as the file stores them, F32 activations: the oracle of the generated
 * code.
 */
final class ExactArithmetic implements Arithmetic {
  private final ExactProducts products;
  private final ExactScans scans;
  private final ExactElementwise elementwise = new ExactElementwise();

  ExactArithmetic(WorkerTeam team, int maxTokens, int maxColumns) {
    products = new ExactProducts(team, maxTokens, maxColumns);
    scans = new ExactScans(team.size());
  }

  @Override
  public Products products() {
    return products;
  }

  @Override
  public ExpertWeights experts() {
    return new ExpertWeights.Loaded(products);
  }

  @Override
  public Elementwise elementwise() {
    return elementwise;
  }

  @Override
  public Scans scans() {
    return scans;
  }

  @Override
  public void close() {
    // Java arrays only
  }
}
