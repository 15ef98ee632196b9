package dev.flyball.engine.model;

/** What mixers need of a step's tokens besides the residual stream. */
interface TokenInput {
  /**
   * Makes it, before the step's first layer.
   *
   * @param ids of the step's tokens, from 0
   * @param embedded (tokens, columns): the residual stream before the first layer
   */
  void prepare(Step step, int[] ids, float[] embedded);
}
