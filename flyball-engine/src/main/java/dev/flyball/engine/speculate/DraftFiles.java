package dev.flyball.engine.speculate;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Files of draft models: small ones with the vocabulary of a model.
 *
 * @param ofAll for every model that has none of its own
 * @param ofModels by the name of the model, in lower case
 */
public record DraftFiles(Optional<Path> ofAll, Map<String, Path> ofModels) {
  public static final DraftFiles NONE = new DraftFiles(Optional.empty(), Map.of());

  public DraftFiles {
    ofModels = Map.copyOf(ofModels);
  }

  /** One for all models. */
  public static DraftFiles ofAll(Path file) {
    return new DraftFiles(Optional.of(file), Map.of());
  }

  /**
   * Those that a user names.
   *
   * @param entries each FILE, or MODEL=FILE; a MODEL of * stands for all, and is needed where the
   *     name of the FILE has an equals sign
   * @throws IllegalArgumentException where one is named twice, or a name is empty
   */
  public static DraftFiles parse(List<String> entries) {
    Optional<Path> ofAll = Optional.empty();
    Map<String, Path> ofModels = new TreeMap<>();
    for (String entry : entries) {
      int equals = entry.indexOf('=');
      String model = equals < 0 ? "*" : entry.substring(0, equals).strip();
      String file = entry.substring(equals + 1).strip();
      if (model.isEmpty() || file.isEmpty()) {
        throw new IllegalArgumentException(
            "a draft model is FILE or MODEL=FILE, not '" + entry + "'");
      }
      boolean again;
      if (model.equals("*")) {
        again = ofAll.isPresent();
        ofAll = Optional.of(Path.of(file));
      } else {
        again = ofModels.put(model.toLowerCase(Locale.ROOT), Path.of(file)) != null;
      }
      if (again) {
        throw new IllegalArgumentException(
            "there are two draft models for "
                + (model.equals("*") ? "all models" : model)
                + "; the second is "
                + file);
      }
    }
    return new DraftFiles(ofAll, ofModels);
  }

  public boolean isEmpty() {
    return ofAll.isEmpty() && ofModels.isEmpty();
  }

  /** All files. */
  public List<Path> files() {
    List<Path> files = new ArrayList<>(ofModels.values());
    ofAll.ifPresent(files::add);
    return files;
  }

  /**
   * The draft model of a model.
   *
   * @param names what the model is called, the likeliest to be meant first
   */
  public Optional<Path> of(List<String> names) {
    return ofOnly(names).or(this::ofAll);
  }

  /** The draft model that is given for a model by one of its names. */
  Optional<Path> ofOnly(List<String> names) {
    return names.stream()
        .map(name -> name.toLowerCase(Locale.ROOT))
        .filter(ofModels::containsKey)
        .map(ofModels::get)
        .findFirst();
  }
}
