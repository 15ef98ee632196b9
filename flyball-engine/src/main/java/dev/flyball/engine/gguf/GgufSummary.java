package dev.flyball.engine.gguf;

import dev.flyball.engine.EngineException;
import dev.flyball.kernels.TensorType;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * What a model file is, in short.
 *
 * @param architecture {@code general.architecture}
 * @param name {@code general.name}, or the file's name
 * @param quantization the name of {@code general.file_type}, or where the file does not say it the
 *     type that takes most bytes
 * @param parameters number of weights
 * @param fileBytes bytes of all parts
 * @param types the types of tensors in it, the one with most bytes first
 */
public record GgufSummary(
    String architecture,
    String name,
    String quantization,
    long parameters,
    long fileBytes,
    List<TypeShare> types) {

  /** All tensors of one type: how many, how many values and how many bytes they have. */
  public record TypeShare(TensorType type, int tensors, long elements, long bytes) {
    private TypeShare plus(GgufTensor tensor) {
      return new TypeShare(
          type, tensors + 1, elements + tensor.elements(), bytes + tensor.data().byteSize());
    }
  }

  public GgufSummary {
    types = List.copyOf(types);
  }

  /**
   * @throws EngineException FILE_CORRUPT where the file does not name its architecture
   */
  public static GgufSummary of(GgufFile file) {
    GgufMetadata metadata = file.metadata();
    List<TypeShare> types = types(file);
    return new GgufSummary(
        metadata.architecture(),
        metadata
            .findString("general.name")
            .orElseGet(() -> file.parts().getFirst().getFileName().toString()),
        quantization(metadata, types),
        types.stream().mapToLong(TypeShare::elements).sum(),
        file.sizeBytes(),
        types);
  }

  private static List<TypeShare> types(GgufFile file) {
    Map<TensorType, TypeShare> shares = new EnumMap<>(TensorType.class);
    for (GgufTensor tensor : file.tensors()) {
      TensorType type = tensor.type();
      TypeShare share = shares.getOrDefault(type, new TypeShare(type, 0, 0, 0));
      shares.put(type, share.plus(tensor));
    }
    List<TypeShare> types = new ArrayList<>(shares.values());
    types.sort(Comparator.comparingLong(TypeShare::bytes).reversed());
    return types;
  }

  private static String quantization(GgufMetadata metadata, List<TypeShare> types) {
    OptionalLong fileType = metadata.findInteger("general.file_type");
    String dominating = types.isEmpty() ? "no tensors" : types.getFirst().type().name();
    return fileType.isPresent()
        ? GgufFileType.nameOf(fileType.getAsLong()).orElse(dominating)
        : dominating;
  }
}
