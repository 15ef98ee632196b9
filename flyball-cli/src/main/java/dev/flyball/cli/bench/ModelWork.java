package dev.flyball.cli.bench;

import dev.flyball.engine.gguf.GgufFile;
import dev.flyball.engine.gguf.GgufMetadata;
import dev.flyball.engine.gguf.GgufTensor;
import dev.flyball.kernels.limits.MachineLimits;
import dev.flyball.kernels.matmul.PackedMatrix;
import java.util.Set;

/**
 * What a model's matrices ask of a machine at the least, and so how fast it can be at best.
 *
 * <p>A step of {@code n} tokens has to read every matrix once, and what attention looks back at
 * once; and it has to multiply each token by every matrix, but the output matrix only by the rows
 * whose logits are wanted. It takes the longer of both:
 *
 * <pre>
 * bytes        = always + experts * (1 - (1 - used/count)^n) + cached tokens * cache bytes of a token
 * multiplyAdds = n * (layers + experts * used/count) + rows * output
 * seconds      = max(bytes / read bandwidth, multiplyAdds / dot-product peak)
 * limit        = tokens of the test / sum of its steps' seconds
 * </pre>
 *
 * The experts' term is how many of them n tokens meet that choose independently. Attention's own
 * arithmetic, norms and activations are left out: the limit is never too low.
 *
 * @param alwaysBytes packed bytes of the matrices that every step reads
 * @param expertBytes packed bytes of all experts
 * @param layerMultiplyAdds elements of the layers' matrices, experts left out
 * @param expertMultiplyAdds elements of all experts' matrices
 * @param outputMultiplyAdds elements of the output matrix
 * @param usedExperts share of the experts that a token uses; 1 where there are none
 * @param cacheBytesPerToken keys and values of a token
 */
record ModelWork(
    long alwaysBytes,
    long expertBytes,
    long layerMultiplyAdds,
    long expertMultiplyAdds,
    long outputMultiplyAdds,
    double usedExperts,
    long cacheBytesPerToken) {

  private static final String EMBEDDING = "token_embd.weight";
  private static final String OUTPUT = "output.weight";

  /** Tables of which a step reads single rows. */
  private static final Set<String> TABLES =
      Set.of(EMBEDDING, "position_embd.weight", "token_types.weight");

  static ModelWork of(GgufFile file, long cacheBytesPerToken) {
    String output = file.find(OUTPUT).isPresent() ? OUTPUT : EMBEDDING;
    long always = 0;
    long experts = 0;
    long layerElements = 0;
    long expertElements = 0;
    for (GgufTensor tensor : file.tensors()) {
      if (tensor.shape().size() < 2) {
        continue;
      }
      if (isExpert(tensor)) {
        experts += packedBytes(tensor);
        expertElements += tensor.elements();
      } else if (tensor.name().equals(output)) {
        always += packedBytes(tensor);
      } else if (!TABLES.contains(tensor.name())) {
        always += packedBytes(tensor);
        layerElements += tensor.elements();
      }
    }
    return new ModelWork(
        always,
        experts,
        layerElements,
        expertElements,
        file.tensor(output).elements(),
        usedExperts(file.metadata()),
        cacheBytesPerToken);
  }

  /** {@code blk.0.ffn_up_exps.weight}, in older files {@code blk.0.ffn_up.7.weight}. */
  private static boolean isExpert(GgufTensor tensor) {
    return tensor.name().matches("blk\\.\\d+\\.ffn_\\w+(_exps|\\.\\d+)\\.weight");
  }

  private static double usedExperts(GgufMetadata metadata) {
    String architecture = metadata.architecture();
    long count = metadata.findInteger(architecture + ".expert_count").orElse(0);
    long used = metadata.findInteger(architecture + ".expert_used_count").orElse(count);
    return count == 0 ? 1 : (double) used / count;
  }

  private static long packedBytes(GgufTensor tensor) {
    int columns = Math.toIntExact(tensor.rowLength());
    int rows = Math.toIntExact(tensor.shape().get(1));
    return tensor.rows() / rows * PackedMatrix.bytes(tensor.type(), rows, columns);
  }

  /**
   * The most tokens a second that a test can reach.
   *
   * @param stepTokens most tokens of a step
   */
  double limitTokensPerSecond(SpeedTest test, int stepTokens, MachineLimits machine) {
    double seconds = 0;
    for (int fed = 0; fed < test.promptTokens(); fed += stepTokens) {
      int tokens = Math.min(stepTokens, test.promptTokens() - fed);
      seconds += test.sequences() * stepSeconds(tokens, 1, test.depth() + fed, machine);
    }
    int sequences = test.sequences();
    for (int token = 0; token < test.generatedTokens(); token++) {
      long cached = (long) sequences * (test.depth() + test.promptTokens() + token);
      seconds += stepSeconds(sequences, sequences, cached, machine);
    }
    return test.tokens() / seconds;
  }

  private double stepSeconds(int tokens, int rows, long cachedTokens, MachineLimits machine) {
    double expertsMet = 1 - Math.pow(1 - usedExperts, tokens);
    double bytes =
        alwaysBytes + expertBytes * expertsMet + (double) cachedTokens * cacheBytesPerToken;
    double multiplyAdds =
        tokens * (layerMultiplyAdds + expertMultiplyAdds * usedExperts)
            + (double) rows * outputMultiplyAdds;
    return Math.max(
        bytes / machine.readBytesPerSecond(), multiplyAdds / machine.multiplyAddsPerSecond());
  }
}
