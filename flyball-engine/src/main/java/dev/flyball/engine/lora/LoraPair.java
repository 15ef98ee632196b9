package dev.flyball.engine.lora;

import dev.flyball.kernels.StoredMatrix;

/**
 * What an adapter adds to one matrix of its base: {@code factor * up @ down}.
 *
 * @param tensor name of the matrix, with {@code .weight}
 * @param down (rank, columns), {@code .lora_a} in the file
 * @param up (rows, rank), {@code .lora_b}
 * @param factor {@code alpha / rank}; 1 where the file has no alpha
 */
public record LoraPair(String tensor, StoredMatrix down, StoredMatrix up, float factor) {
  /** Length of what {@code down} makes of a vector. */
  public int rank() {
    return down.rows();
  }
}
