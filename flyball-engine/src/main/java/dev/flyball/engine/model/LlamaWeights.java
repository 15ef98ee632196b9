package dev.flyball.engine.model;

import dev.flyball.kernels.StoredMatrix;
import dev.flyball.kernels.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The tensors of a {@code llama} file, each checked against the hyper-parameters.
 *
 * @param embedding (vocabulary, embedding)
 * @param output (vocabulary, embedding); the embedding itself where the file has no other
 * @param ropeDivisors {@code rope_freqs.weight}, llama3's scaling
 */
record LlamaWeights(
    StoredMatrix embedding,
    List<Layer> layers,
    Norm outputNorm,
    Linear.Tensors output,
    Optional<float[]> ropeDivisors) {

  /** The weight of an RMS norm. */
  @SuppressWarnings("ArrayRecordComponent") // never compared; written once
  record Norm(float[] weight) {}

  /** The projections of attention. */
  record Projections(
      Linear.Tensors query, Linear.Tensors key, Linear.Tensors value, Linear.Tensors output) {}

  /** One block of the model. */
  record Layer(
      Norm attentionNorm, Projections attention, Norm feedForwardNorm, Experts feedForward) {}

  /**
   * The matrices of a feed forward network.
   *
   * @param router nothing where the network is dense, that is a single expert
   */
  record Experts(Optional<Linear.Tensors> router, List<Expert> experts) {}

  /** A dense network, or one expert. */
  record Expert(Linear.Tensors gate, Linear.Tensors up, Linear.Tensors down) {}

  /** The type of the first matrix, which is that of most. */
  TensorType matrixType() {
    return layers.getFirst().attention().query().weight().type();
  }

  /**
   * @throws dev.flyball.engine.EngineException FILE_CORRUPT where a tensor is missing or has
   *     another shape; UNSUPPORTED_MODEL where there are others
   */
  static LlamaWeights read(WeightTable table, LlamaConfig config) {
    int columns = config.common().embeddingLength();
    int vocabulary = config.common().vocabularySize();
    StoredMatrix embedding = table.matrix("token_embd.weight", vocabulary, columns);
    Optional<float[]> divisors = table.findVector("rope_freqs.weight", config.ropeDimensions() / 2);
    List<Layer> layers = new ArrayList<>();
    for (int i = 0; i < config.common().layers(); i++) {
      layers.add(readLayer(table, config, "blk." + i + "."));
    }
    Linear.Tensors output =
        table.has("output.weight")
            ? table.linear("output", vocabulary, columns)
            : new Linear.Tensors(embedding, table.findVector("output.bias", vocabulary));
    Norm outputNorm = new Norm(table.vector("output_norm.weight", columns));
    table.requireAllUsed(
        name -> name.endsWith(".attn_rot_embd.weight") || name.endsWith(".rope_freqs.weight"));
    return new LlamaWeights(embedding, List.copyOf(layers), outputNorm, output, divisors);
  }

  private static Layer readLayer(WeightTable table, LlamaConfig config, String prefix) {
    int columns = config.common().embeddingLength();
    AttentionShape shape = config.attention();
    Projections attention =
        new Projections(
            table.linear(prefix + "attn_q", shape.queryColumns(), columns),
            table.linear(prefix + "attn_k", shape.keyColumns(), columns),
            table.linear(prefix + "attn_v", shape.valueColumns(), columns),
            table.linear(prefix + "attn_output", columns, shape.attendedColumns()));
    return new Layer(
        new Norm(table.vector(prefix + "attn_norm.weight", columns)),
        attention,
        new Norm(table.vector(prefix + "ffn_norm.weight", columns)),
        config.experts() == 0
            ? new Experts(Optional.empty(), List.of(readDense(table, config, prefix)))
            : readExperts(table, config, prefix));
  }

  private static Expert readDense(WeightTable table, LlamaConfig config, String prefix) {
    int columns = config.common().embeddingLength();
    int hidden = config.feedForwardLength();
    return new Expert(
        table.linear(prefix + "ffn_gate", hidden, columns),
        table.linear(prefix + "ffn_up", hidden, columns),
        table.linear(prefix + "ffn_down", columns, hidden));
  }

  private static Experts readExperts(WeightTable table, LlamaConfig config, String prefix) {
    int columns = config.common().embeddingLength();
    int hidden = config.feedForwardLength();
    Linear.Tensors router = table.linear(prefix + "ffn_gate_inp", config.experts(), columns);
    List<StoredMatrix> gates = readPerExpert(table, config, prefix + "ffn_gate", hidden, columns);
    List<StoredMatrix> ups = readPerExpert(table, config, prefix + "ffn_up", hidden, columns);
    List<StoredMatrix> downs = readPerExpert(table, config, prefix + "ffn_down", columns, hidden);
    List<Expert> experts = new ArrayList<>();
    for (int i = 0; i < config.experts(); i++) {
      experts.add(
          new Expert(
              new Linear.Tensors(gates.get(i), Optional.empty()),
              new Linear.Tensors(ups.get(i), Optional.empty()),
              new Linear.Tensors(downs.get(i), Optional.empty())));
    }
    return new Experts(Optional.of(router), List.copyOf(experts));
  }

  /** One tensor for all experts, or, in older files, one for each. */
  private static List<StoredMatrix> readPerExpert(
      WeightTable table, LlamaConfig config, String name, int rows, int columns) {
    if (!table.has(name + ".0.weight")) {
      return table.matrices(name + "_exps.weight", config.experts(), rows, columns);
    }
    List<StoredMatrix> matrices = new ArrayList<>();
    for (int i = 0; i < config.experts(); i++) {
      matrices.add(table.matrix(name + "." + i + ".weight", rows, columns));
    }
    return matrices;
  }
}
