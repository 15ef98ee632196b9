package dev.flyball.cli.pull;

import dev.flyball.cli.console.Amounts;
import dev.flyball.cli.console.CommandFailure;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The models that a repository offers, and the choice among them. */
public final class ModelVariants {
  /** What is taken where nothing is asked for: quality for the memory, best first. */
  private static final List<String> PREFERRED_QUANTIZATIONS =
      List.of(
          "Q4_K_M", "Q4_K_S", "Q4_0", "IQ4_XS", "IQ4_NL", "MXFP4", "Q4_1", "Q5_K_M", "Q5_K_S",
          "Q5_0", "Q5_1", "Q6_K", "Q8_0", "Q3_K_M", "Q3_K_L", "Q3_K_S", "Q2_K", "BF16", "F16",
          "F32");

  private static final Pattern PART = Pattern.compile("(.+)-(\\d{5})-of-(\\d{5})\\.gguf");

  /** Files beside the model that are GGUF too: vision encoders and quantization statistics. */
  private static final Pattern NO_MODEL = Pattern.compile("(?i)(^|/)mmproj|imatrix");

  private final String repository;
  private final List<ModelVariant> variants;

  private ModelVariants(String repository, List<ModelVariant> variants) {
    this.repository = repository;
    this.variants = variants;
  }

  /**
   * Finds the models among the files of a repository.
   *
   * @param repository {@code OWNER/REPO}, for messages
   */
  public static ModelVariants of(String repository, List<HubFile> files) {
    Map<String, List<HubFile>> byName =
        files.stream()
            .filter(file -> file.path().endsWith(".gguf"))
            .filter(file -> !NO_MODEL.matcher(file.path()).find())
            .sorted(Comparator.comparing(HubFile::path))
            .collect(
                Collectors.groupingBy(
                    file -> variantName(file.path()), TreeMap::new, Collectors.toList()));
    return new ModelVariants(
        repository,
        byName.entrySet().stream()
            .map(entry -> new ModelVariant(entry.getKey(), entry.getValue()))
            .toList());
  }

  /**
   * The model that is meant.
   *
   * @param selector a quantization or a file name; absent: the best of a usual size
   * @throws CommandFailure where there is none, several fit, or parts are missing
   */
  public ModelVariant choose(Optional<String> selector) {
    if (variants.isEmpty()) {
      throw new CommandFailure(
          "the repository "
              + repository
              + " has no GGUF model; look for one whose name ends in -GGUF");
    }
    ModelVariant chosen = selector.map(this::named).orElseGet(this::preferred);
    requireAllParts(chosen);
    return chosen;
  }

  private ModelVariant named(String selector) {
    if (selector.endsWith(".gguf")) {
      return variants.stream()
          .filter(
              variant -> variant.files().stream().anyMatch(file -> file.path().equals(selector)))
          .findFirst()
          .orElseThrow(() -> notOffered("file", selector));
    }
    List<ModelVariant> fitting = withQuantization(selector);
    if (fitting.isEmpty()) {
      throw notOffered("quantization", selector);
    }
    return only(fitting, selector);
  }

  private ModelVariant preferred() {
    if (variants.size() == 1) {
      return variants.getFirst();
    }
    return PREFERRED_QUANTIZATIONS.stream()
        .filter(quantization -> !withQuantization(quantization).isEmpty())
        .findFirst()
        .map(quantization -> only(withQuantization(quantization), quantization))
        .orElseThrow(
            () ->
                new CommandFailure(
                    "say which model of " + repository + " you want: " + describeVariants()));
  }

  private List<ModelVariant> withQuantization(String quantization) {
    Pattern word =
        Pattern.compile(
            "(^|[^A-Z0-9_])"
                + Pattern.quote(quantization.toUpperCase(Locale.ROOT))
                + "($|[^A-Z0-9_])");
    return variants.stream()
        .filter(variant -> word.matcher(variant.name().toUpperCase(Locale.ROOT)).find())
        .toList();
  }

  private ModelVariant only(List<ModelVariant> fitting, String quantization) {
    if (fitting.size() > 1) {
      throw new CommandFailure(
          fitting.size()
              + " models of "
              + repository
              + " are "
              + quantization
              + "; name a file: "
              + fitting.stream()
                  .map(variant -> variant.files().getFirst().path())
                  .collect(Collectors.joining(", ")));
    }
    return fitting.getFirst();
  }

  private static void requireAllParts(ModelVariant variant) {
    Matcher part = PART.matcher(variant.files().getFirst().path());
    if (part.matches() && Integer.parseInt(part.group(3)) != variant.files().size()) {
      throw new CommandFailure(
          variant.name()
              + " is split into "
              + Integer.parseInt(part.group(3))
              + " files, but the repository has "
              + variant.files().size()
              + " of them");
    }
  }

  private CommandFailure notOffered(String kind, String selector) {
    return new CommandFailure(
        repository + " has no " + kind + " " + selector + "; it offers " + describeVariants());
  }

  private String describeVariants() {
    return variants.stream()
        .map(variant -> variant.name() + " (" + Amounts.bytes(variant.sizeBytes()) + ")")
        .collect(Collectors.joining(", "));
  }

  private static String variantName(String path) {
    Matcher part = PART.matcher(path);
    return part.matches() ? part.group(1) : path.substring(0, path.length() - ".gguf".length());
  }
}
