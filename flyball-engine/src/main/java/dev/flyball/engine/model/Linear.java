package dev.flyball.engine.model;

import dev.flyball.engine.model.arithmetic.Arithmetic;
import dev.flyball.engine.model.arithmetic.Products;
import dev.flyball.kernels.StoredMatrix;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** A projection {@code W (rows, columns) @ x (columns) + bias (rows)}; many have no bias. */
public final class Linear {
  /**
   * The tensors of a projection, as the file has them.
   *
   * @param origin what the weight is of; nothing where adapters cannot adapt it
   */
  public record Tensors(StoredMatrix weight, Optional<float[]> bias, Optional<Origin> origin) {
    /** Of a matrix that adapters cannot adapt. */
    public Tensors(StoredMatrix weight, Optional<float[]> bias) {
      this(weight, bias, Optional.empty());
    }

    /** The tensors of a matrix of this name. */
    static Tensors named(String tensor, StoredMatrix weight, Optional<float[]> bias) {
      return new Tensors(weight, bias, Optional.of(new Origin(tensor, 0, weight.rows())));
    }

    public int columns() {
      return weight.columns();
    }

    /** The projection to {@code count} of the rows, over the same memory. */
    public Tensors rows(int first, int count) {
      return new Tensors(
          weight.rows(first, count),
          bias.map(b -> Arrays.copyOfRange(b, first, first + count)),
          origin.map(whole -> whole.from(first)));
    }

    /** The product with one vector, in plain Java, from the rows as the file has them. */
    double[] times(double[] x) {
      float[] row = new float[weight.columns()];
      double[] out = new double[weight.rows()];
      for (int i = 0; i < out.length; i++) {
        weight.decode(i, 0, row.length, row, 0);
        double sum = bias.isPresent() ? bias.get()[i] : 0;
        for (int column = 0; column < row.length; column++) {
          sum += row[column] * x[column];
        }
        out[i] = sum;
      }
      return out;
    }

    /** The same for rows that are not the step's tokens, which adapters do not adapt. */
    public Tensors withoutAdapters() {
      return new Tensors(weight, bias);
    }
  }

  /**
   * Where a projection's weight is from.
   *
   * @param tensor name of a matrix
   * @param firstRow its row that is the projection's first
   * @param tensorRows how many the matrix has
   */
  public record Origin(String tensor, int firstRow, int tensorRows) {
    Origin from(int row) {
      return new Origin(tensor, firstRow + row, tensorRows);
    }
  }

  private final Products products;
  private final Products.Weight weight;
  private final Optional<float[]> bias;
  private final AdapterProducts adapters;
  private final int site;

  // Arguments of a product, kept for the next one.
  private final List<Linear> alone = List.of(this);
  private final List<float[]> aloneOut = new ArrayList<>();
  private final List<Products.Weight> together = new ArrayList<>();

  /**
   * @param adapters what adds to it
   * @param site its number there; {@link AdapterSites#NONE}: nothing does
   */
  Linear(Tensors tensors, Products products, AdapterProducts adapters, int site) {
    this(products.prepare(tensors.weight()), tensors.bias(), products, adapters, site);
  }

  private Linear(
      Products.Weight weight,
      Optional<float[]> bias,
      Products products,
      AdapterProducts adapters,
      int site) {
    this.adapters = adapters;
    this.site = site;
    this.products = products;
    this.weight = weight;
    this.bias = bias;
  }

  /** The projections of an expert, which may stay in the model's file until they are needed. */
  static List<Linear> ofExpert(
      List<Tensors> tensors, Arithmetic arithmetic, AdapterProducts adapters) {
    Products products = arithmetic.products();
    List<Products.Weight> weights =
        arithmetic.experts().prepare(tensors.stream().map(Tensors::weight).toList());
    List<Linear> projections = new ArrayList<>();
    for (int i = 0; i < weights.size(); i++) {
      Optional<float[]> bias = tensors.get(i).bias();
      projections.add(new Linear(weights.get(i), bias, products, adapters, AdapterSites.NONE));
    }
    return projections;
  }

  /** From the input (tokens, columns) last given to the products to {@code out} (tokens, rows). */
  public void apply(float[] out) {
    aloneOut.clear();
    aloneOut.add(out);
    applyAll(alone, aloneOut);
  }

  /**
   * Projections of the same input, computed together: to {@code outs}, one for each projection, as
   * {@link #apply}.
   */
  public static void applyAll(List<Linear> projections, List<float[]> outs) {
    Linear first = projections.getFirst();
    first.products.multiply(first.weights(projections), outs);
    addBiases(projections, outs);
    first.adapters.add(projections, outs);
  }

  /** As {@link #applyAll}, by {@link Products#multiplyFinely}. */
  public static void applyAllFinely(List<Linear> projections, List<float[]> outs) {
    Linear first = projections.getFirst();
    first.products.multiplyFinely(first.weights(projections), outs);
    addBiases(projections, outs);
    first.adapters.add(projections, outs);
  }

  private List<Products.Weight> weights(List<Linear> projections) {
    together.clear();
    for (int i = 0; i < projections.size(); i++) {
      together.add(projections.get(i).weight);
    }
    return together;
  }

  public Products.Weight weight() {
    return weight;
  }

  private static void addBiases(List<Linear> projections, List<float[]> outs) {
    for (int i = 0; i < outs.size(); i++) {
      projections.get(i).addBias(outs.get(i));
    }
  }

  private void addBias(float[] out) {
    addBias(out, 0, products.tokens());
  }

  /** Adds the bias, where there is one, to some rows of {@code out} (tokens, rows). */
  public void addBias(float[] out, int first, int end) {
    if (bias.isPresent()) {
      addToRows(bias.get(), out, first, end);
    }
  }

  private static void addToRows(float[] bias, float[] out, int first, int end) {
    for (int row = first; row < end; row++) {
      int offset = row * bias.length;
      for (int i = 0; i < bias.length; i++) {
        out[offset + i] += bias[i];
      }
    }
  }

  /** Its number among what adapters can adapt, or {@link AdapterSites#NONE}. */
  int site() {
    return site;
  }

  public int rows() {
    return weight.rows();
  }

  public int columns() {
    return weight.columns();
  }
}
