package dev.flyball.server.models;

import dev.flyball.server.error.ServerError;
import dev.flyball.server.error.ServerException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * The models on this machine, by name: those below a folder and single files given by hand. Reads
 * the folder anew at every call, so that a model just pulled is there. Immutable and thread-safe;
 * blocks on the file system.
 */
public final class ModelCatalog {
  private static final int NAMES_IN_MESSAGE = 20;

  private final Path folder;
  private final List<Path> files;

  /**
   * A catalogue.
   *
   * @param folder searched for {@code .gguf} files; need not exist
   * @param files further files; of a split model its first part
   */
  public ModelCatalog(Path folder, List<Path> files) {
    this.folder = folder;
    this.files = List.copyOf(files);
  }

  /**
   * Where models lie unless told otherwise: {@code FLYBALL_MODELS_DIR}, else {@code
   * $FLYBALL_HOME/models}, else {@code ~/.flyball/models}.
   */
  public static Path defaultFolder(Map<String, String> environment) {
    String models = environment.get("FLYBALL_MODELS_DIR");
    if (models != null && !models.isBlank()) {
      return Path.of(models);
    }
    String home = environment.get("FLYBALL_HOME");
    return home != null && !home.isBlank()
        ? Path.of(home, "models")
        : Path.of(System.getProperty("user.home"), ".flyball", "models");
  }

  /** The folder that is searched. */
  public Path folder() {
    return folder;
  }

  /**
   * Every model, the files given by hand first, then those of the folder by name.
   *
   * @throws java.io.UncheckedIOException where a file cannot be read
   */
  public List<CatalogModel> list() {
    List<CatalogModel> models = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (Path file : files) {
      CatalogModel model = ModelFolder.describeFile(file);
      if (names.add(model.name())) {
        models.add(model);
      }
    }
    new ModelFolder(folder)
        .scan().stream()
            .sorted(Comparator.comparing(CatalogModel::name))
            .filter(model -> names.add(model.name()))
            .forEach(models::add);
    return models;
  }

  /**
   * The model that a name means: its name, whatever the case; or, where only one model fits, its
   * name without {@code :QUANT} or the name of its file. {@code hf:} in front and {@code .gguf} or
   * {@code :latest} behind do not matter.
   */
  public Optional<CatalogModel> find(String name) {
    String wanted = plain(name);
    List<CatalogModel> models = list();
    return only(models, model -> model.name().equals(wanted))
        .or(() -> only(models, model -> model.name().equalsIgnoreCase(wanted)))
        .or(() -> only(models, model -> withoutQuant(model.name()).equalsIgnoreCase(wanted)))
        .or(() -> only(models, model -> stem(model).equalsIgnoreCase(wanted)));
  }

  /**
   * Like {@link #find}, or fails with a message that says which models there are and how to get
   * more.
   *
   * @throws ServerException MODEL_NOT_FOUND
   */
  public CatalogModel resolve(String name) {
    return find(name)
        .orElseThrow(
            () ->
                ServerException.ofField(
                    ServerError.MODEL_NOT_FOUND,
                    "model",
                    "the model '" + abbreviate(name) + "' is not here. " + whatThereIs()));
  }

  /**
   * The model of a request that names none: the only one, else the first file given by hand.
   *
   * @throws ServerException MODEL_NOT_FOUND where there is no model, MISSING_FIELD where there are
   *     several
   */
  public CatalogModel defaultModel() {
    List<CatalogModel> models = list();
    if (models.size() == 1 || (!models.isEmpty() && !files.isEmpty())) {
      return models.getFirst();
    }
    throw ServerException.ofField(
        models.isEmpty() ? ServerError.MODEL_NOT_FOUND : ServerError.MISSING_FIELD,
        "model",
        "the request must name a model. " + whatThereIs());
  }

  private String whatThereIs() {
    List<CatalogModel> models = list();
    String names =
        models.isEmpty()
            ? "There are no models in " + folder + "."
            : models.stream()
                .limit(NAMES_IN_MESSAGE)
                .map(CatalogModel::name)
                .collect(
                    Collectors.joining(
                        ", ",
                        "There are: ",
                        models.size() > NAMES_IN_MESSAGE
                            ? " and " + (models.size() - NAMES_IN_MESSAGE) + " more."
                            : "."));
    return names + " Get one with: flyball pull hf:OWNER/REPO";
  }

  private static Optional<CatalogModel> only(
      List<CatalogModel> models, Predicate<CatalogModel> fits) {
    List<CatalogModel> fitting = models.stream().filter(fits).limit(2).toList();
    return fitting.size() == 1 ? Optional.of(fitting.getFirst()) : Optional.empty();
  }

  private static String plain(String name) {
    String plain = name.strip();
    plain = plain.startsWith("hf:") ? plain.substring("hf:".length()) : plain;
    plain = plain.endsWith(".gguf") ? plain.substring(0, plain.length() - 5) : plain;
    return plain.endsWith(":latest") ? plain.substring(0, plain.length() - 7) : plain;
  }

  private static String withoutQuant(String name) {
    int colon = name.lastIndexOf(':');
    return colon < 0 ? name : name.substring(0, colon);
  }

  private static String stem(CatalogModel model) {
    return ModelFileName.of(model.file()).stem();
  }

  private static String abbreviate(String name) {
    return name.length() <= 100 ? name : name.substring(0, 100) + "...";
  }
}
