package dev.flyball.engine.model;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flyball.engine.SharedFolder;
import dev.flyball.engine.model.GoldenModel.Prompt;
import dev.flyball.units.TokenIds;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What llama.cpp computed for {@link GeneratedModel}s: their files are made anew for each test and
 * must be those that the reference read. The folder's README says how its data came about.
 */
final class GeneratedGolden {
  static final Path FOLDER =
      SharedFolder.repositoryRoot().resolve("flyball-engine/src/test/resources/golden/generated");

  private static final long SEED = 20_261_121;
  private static final List<Integer> LENGTHS = List.of(5, 40, 150);

  private GeneratedGolden() {}

  /** Ids of the prompts, the same for all models. */
  static List<TokenIds> prompts() {
    Random random = new Random(SEED);
    return LENGTHS.stream()
        .map(length -> TokenIds.of(random.ints(length, 0, TinyVocabulary.SIZE - 4).toArray()))
        .toList();
  }

  /** Writes the text models to a folder and gives them with their logits. */
  static List<GoldenModel> list(Path target) throws IOException {
    return list(target, false);
  }

  /** Likewise those that embed: what is said of logits is of a text's pooled vector. */
  static List<GoldenModel> listEmbedding(Path target) throws IOException {
    return list(target, true);
  }

  private static List<GoldenModel> list(Path target, boolean embedding) throws IOException {
    Map<String, JsonNode> entries = entries();
    List<GoldenModel> models = new ArrayList<>();
    for (GeneratedModel model : GeneratedModel.all()) {
      if (GoldenModel.isWanted(model.name()) && model.embeds() == embedding) {
        models.add(golden(model, entry(entries, model.name()), target, List.of()));
      }
    }
    return models;
  }

  /** The adapted models, with their logits; the base's file is named after it. */
  static List<GoldenModel> listAdapted(Path target) throws IOException {
    Map<String, JsonNode> entries = entries();
    List<GoldenModel> models = new ArrayList<>();
    for (AdaptedModel adapted : AdaptedModel.all()) {
      List<Path> adapters = adapted.writeAdapters(target);
      GeneratedModel base = adapted.base();
      models.add(golden(base, entry(entries, adapted.name()), target, adapters));
    }
    return models;
  }

  private static Map<String, JsonNode> entries() {
    return GoldenModel.read(FOLDER.resolve("index.json"))
        .get("models")
        .valueStream()
        .collect(Collectors.toMap(entry -> entry.get("name").asText(), Function.identity()));
  }

  private static JsonNode entry(Map<String, JsonNode> entries, String name) {
    return Objects.requireNonNull(entries.get(name), () -> "no entry of " + name + " in " + FOLDER);
  }

  private static GoldenModel golden(
      GeneratedModel model, JsonNode entry, Path target, List<Path> adapters) throws IOException {
    String name = model.name();
    Path file = model.write(target.resolve(name + ".gguf"));
    assertThat(sha256(file, adapters))
        .as("the file of %s is another one than llama.cpp read: compute its logits again", name)
        .isEqualTo(entry.get("sha256").asText());
    return new GoldenModel(
        name,
        model.architecture(),
        file,
        entry.get("tolerance").asDouble(),
        entry.get("fast_tolerance").asDouble(),
        prompts(FOLDER.resolve(name + ".f32")));
  }

  private static List<Prompt> prompts(Path results) throws IOException {
    float[] all = floats(results);
    List<TokenIds> ids = prompts();
    int length = all.length / ids.size();
    List<Prompt> prompts = new ArrayList<>();
    for (int i = 0; i < ids.size(); i++) {
      float[] row = Arrays.copyOfRange(all, i * length, (i + 1) * length);
      String name = ids.get(i).size() + " ids";
      prompts.add(new Prompt(name, ids.get(i), row, new int[0], new double[0]));
    }
    return prompts;
  }

  static float[] floats(Path file) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    float[] floats = new float[bytes.remaining() / Float.BYTES];
    bytes.asFloatBuffer().get(floats);
    return floats;
  }

  /** Of all files, one behind the other. */
  static String sha256(Path file, List<Path> more) throws IOException {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(Files.readAllBytes(file));
      for (Path next : more) {
        digest.update(Files.readAllBytes(next));
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
