package dev.flyball.engine.model;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Makes the data of {@link GeneratedGolden} with llama.cpp's help. With a folder as its argument it
 * writes there the models, {@code ids.txt}, a prompt a line, and {@code runs.txt}: of each run of
 * llama.cpp a name, the model's file, and adapters with their scales. With a second argument, the
 * release of llama.cpp, it takes the results from there: {@code NAME.f32}, of each prompt the last
 * token's logits, or the pooled vector.
 */
final class GeneratedGoldenProgram {
  /** The run of a quantised model with the values that its weights stand for. */
  private static final String DEQUANTISED = ".dequantised";

  private final Path folder;
  private final List<String> runs = new ArrayList<>();

  private GeneratedGoldenProgram(Path folder) {
    this.folder = folder;
  }

  public static void main(String[] args) throws IOException {
    GeneratedGoldenProgram program = new GeneratedGoldenProgram(Path.of(args[0]));
    if (args.length == 1) {
      program.write();
    } else {
      program.take(args[1]);
    }
  }

  private void write() throws IOException {
    for (GeneratedModel model : GeneratedModel.all()) {
      write(model.name(), model, "");
    }
    for (AdaptedModel adapted : AdaptedModel.all()) {
      List<Path> files = adapted.writeAdapters(folder);
      StringBuilder adapters = new StringBuilder();
      for (int i = 0; i < files.size(); i++) {
        adapters.append(" --lora ").append(files.get(i)).append(':');
        adapters.append(adapted.parts().get(i).scale());
      }
      write(adapted.name(), adapted.base(), adapters.toString());
    }
    Files.write(folder.resolve("runs.txt"), runs);
    Files.write(
        folder.resolve("ids.txt"),
        GeneratedGolden.prompts().stream()
            .map(ids -> ids.stream().mapToObj(String::valueOf).collect(Collectors.joining(" ")))
            .toList());
  }

  private void write(String name, GeneratedModel model, String adapters) throws IOException {
    runs.add(name + " " + model.write(folder.resolve(model.name() + ".gguf")) + adapters);
    if (model.isQuantised()) {
      Path exact = model.writeDequantised(folder.resolve(model.name() + DEQUANTISED + ".gguf"));
      runs.add(name + DEQUANTISED + " " + exact + adapters);
    }
  }

  private void take(String release) throws IOException {
    ObjectMapper json = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
    ObjectNode index = json.createObjectNode().put("reference", release);
    ArrayNode entries = index.putArray("models");
    for (GeneratedModel model : GeneratedModel.all()) {
      take(entries.addObject(), model.name(), model, List.of());
    }
    for (AdaptedModel adapted : AdaptedModel.all()) {
      List<Path> adapters = adapted.writeAdapters(folder);
      take(entries.addObject(), adapted.name(), adapted.base(), adapters);
    }
    Files.writeString(
        GeneratedGolden.FOLDER.resolve("index.json"), json.writeValueAsString(index) + "\n");
  }

  private void take(ObjectNode entry, String name, GeneratedModel model, List<Path> adapters)
      throws IOException {
    String wanted = model.isQuantised() ? name + DEQUANTISED : name;
    byte[] results = Files.readAllBytes(folder.resolve(wanted + ".f32"));
    Files.write(GeneratedGolden.FOLDER.resolve(name + ".f32"), results);
    entry
        .put("name", name)
        .put("sha256", GeneratedGolden.sha256(folder.resolve(model.name() + ".gguf"), adapters))
        .put("tolerance", model.tolerance())
        .put("fast_tolerance", model.isQuantised() ? ownDistance(name) : model.tolerance());
  }

  /** How far llama.cpp's results of quantised weights are from those of their values. */
  private double ownDistance(String name) throws IOException {
    float[] rounded = GeneratedGolden.floats(folder.resolve(name + ".f32"));
    float[] exact = GeneratedGolden.floats(folder.resolve(name + DEQUANTISED + ".f32"));
    double largest = 0;
    for (int i = 0; i < exact.length; i++) {
      largest = Math.max(largest, Math.abs((double) rounded[i] - exact[i]));
    }
    return largest;
  }
}
