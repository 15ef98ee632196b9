package dev.flyball.server.models;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the name of a GGUF file says: {@code llama-3.2-1b-Q4_K_M-00001-of-00003.gguf}.
 *
 * @param stem the name without {@code .gguf} and without the number of the part
 * @param part the part's number, from 1; 1 where the file is not split
 * @param parts number of parts
 */
record ModelFileName(String stem, int part, int parts) {
  private static final String SUFFIX = ".gguf";
  private static final String PROJECTOR = "mmproj";
  private static final Pattern SPLIT = Pattern.compile("(.+)-(\\d{5})-of-(\\d{5})");
  private static final Pattern QUANT =
      Pattern.compile(
          "(?:^|[-._])((?:UD-)?(?:I?Q\\d(?:_[A-Z0-9]+)*|TQ\\d_\\d|BF16|F16|F32|MXFP4(?:_MOE)?))$",
          Pattern.CASE_INSENSITIVE);

  /** Whether it is named like a model: what makes images input for one is none itself. */
  static boolean isModel(Path file) {
    return hasSuffix(file) && !nameOf(file).toLowerCase(Locale.ROOT).startsWith(PROJECTOR);
  }

  private static boolean hasSuffix(Path file) {
    return nameOf(file).toLowerCase(Locale.ROOT).endsWith(SUFFIX);
  }

  static ModelFileName of(Path file) {
    String name = nameOf(file);
    String stem = hasSuffix(file) ? name.substring(0, name.length() - SUFFIX.length()) : name;
    Matcher split = SPLIT.matcher(stem);
    return split.matches()
        ? new ModelFileName(
            split.group(1), Integer.parseInt(split.group(2)), Integer.parseInt(split.group(3)))
        : new ModelFileName(stem, 1, 1);
  }

  /** The weights' format, where the name ends with it, in upper case. */
  Optional<String> quant() {
    Matcher quant = QUANT.matcher(stem);
    return quant.find() ? Optional.of(quant.group(1).toUpperCase(Locale.ROOT)) : Optional.empty();
  }

  private static String nameOf(Path file) {
    Path name = file.getFileName();
    return name == null ? "" : name.toString();
  }
}
