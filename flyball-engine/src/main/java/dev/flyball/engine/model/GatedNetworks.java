package dev.flyball.engine.model;

import dev.flyball.engine.EngineError;
import dev.flyball.engine.EngineException;
import dev.flyball.engine.model.arithmetic.Activation;
import dev.flyball.engine.sparsity.GateThresholds;
import dev.flyball.engine.sparsity.GateUse;
import dev.flyball.kernels.sparse.SparseMatrices;
import java.util.ArrayList;
import java.util.List;

/** The gated networks of a model, where their gates are to be looked at or have thresholds. */
public final class GatedNetworks {
  private static final System.Logger LOG = System.getLogger(GatedNetworks.class.getName());

  private GatedNetworks() {}

  /**
   * Refuses models whose neurons cannot be skipped.
   *
   * @throws EngineException UNSUPPORTED_MODEL with the reason; INVALID_INPUT where thresholds are
   *     for another number of networks
   */
  public static void check(DecoderSpec spec, GateUse use) {
    if (use instanceof GateUse.AllOpen) {
      return;
    }
    List<FeedForwardSpec> networks = of(spec);
    if (use instanceof GateThresholds thresholds) {
      if (thresholds.networks() != networks.size()) {
        throw new EngineException(
            EngineError.INVALID_INPUT,
            "sparsity: thresholds for %d networks, where the model has %d"
                .formatted(thresholds.networks(), networks.size()));
      }
      long packed = networks.stream().filter(n -> bytes(n) > 0).count();
      if (packed < networks.size()) {
        LOG.log(
            System.Logger.Level.WARNING,
            "Sparsity: {0} of {1} networks have weights in floats, which are all read; quantised ones are not.",
            networks.size() - packed,
            networks.size());
      }
    }
  }

  /** Bytes that the matrices take beside the usual ones, to be read neuron by neuron. */
  public static long bytes(DecoderSpec spec, ModelOptions options) {
    return options.gates() instanceof GateThresholds && options.level().isPresent()
        ? of(spec).stream().mapToLong(GatedNetworks::bytes).sum()
        : 0;
  }

  private static long bytes(FeedForwardSpec network) {
    return SparseMatrices.bytes(network.up().weight(), network.down().weight());
  }

  private static List<FeedForwardSpec> of(DecoderSpec spec) {
    List<FeedForwardSpec> networks = new ArrayList<>();
    for (BranchSpec branch : spec.branches()) {
      for (MixerSpec mixer : branch.mixers()) {
        MixerSpec innermost = mixer.innermost();
        if (innermost.choosesExperts()) {
          throw refused(spec, "it has experts, whose neurons are not skipped");
        }
        if (innermost instanceof FeedForwardSpec network) {
          networks.add(gated(network, spec));
        }
      }
    }
    if (networks.isEmpty()) {
      throw refused(spec, "it has no feed forward network");
    }
    return networks;
  }

  private static FeedForwardSpec gated(FeedForwardSpec network, DecoderSpec spec) {
    if (network.gate().isEmpty() || network.activation() == Activation.CLIPPED_SILU) {
      throw refused(spec, "its feed forward networks have no gate that can be shut");
    }
    return network;
  }

  private static EngineException refused(DecoderSpec spec, String why) {
    return new EngineException(
        EngineError.UNSUPPORTED_MODEL,
        "sparsity is for models with gated feed forward networks; a model of architecture \"%s\" cannot"
                .formatted(spec.config().architecture())
            + " have it: "
            + why);
  }
}
