package dev.flyball.engine.model;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The projections of a model that adapters can adapt, numbered. A matrix that holds several
 * projections has several sites. Filled while the model is assembled, then only read, by any
 * thread.
 */
final class AdapterSites {
  /** The number of a projection that adapters cannot adapt. */
  static final int NONE = -1;

  /**
   * A projection.
   *
   * @param firstRow row of the tensor that is its first
   * @param tensorRows of the whole tensor
   */
  record Site(int number, int firstRow, int rows, int tensorRows, int columns) {}

  private final Map<String, List<Site>> byTensor = new LinkedHashMap<>();
  private int count;

  /** Gives a projection its number. */
  int add(Linear.Tensors tensors) {
    if (tensors.origin().isEmpty()) {
      return NONE;
    }
    Linear.Origin origin = tensors.origin().get();
    Site site =
        new Site(
            count,
            origin.firstRow(),
            tensors.weight().rows(),
            origin.tensorRows(),
            tensors.columns());
    byTensor.computeIfAbsent(origin.tensor(), _ -> new ArrayList<>()).add(site);
    return count++;
  }

  /** The projections that a tensor holds; none where adapters cannot adapt it. */
  List<Site> of(String tensor) {
    return byTensor.getOrDefault(tensor, List.of());
  }

  /** The tensors that adapters can adapt. */
  Set<String> tensors() {
    return byTensor.keySet();
  }

  int count() {
    return count;
  }
}
