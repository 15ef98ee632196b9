package dev.flyball.launch;

/**
 * The jar's entry: compiled for Java 8, so that an old {@code java} says what is missing instead of
 * throwing UnsupportedClassVersionError.
 */
public final class Launch {
  private static final int REQUIRED_FEATURE_VERSION = 25;

  private Launch() {}

  public static void main(String[] arguments) throws ReflectiveOperationException {
    int version = featureVersion(System.getProperty("java.specification.version"));
    if (version < REQUIRED_FEATURE_VERSION) {
      System.err.println(
          "flyball: needs Java "
              + REQUIRED_FEATURE_VERSION
              + " or newer, but this is Java "
              + version
              + " ("
              + System.getProperty("java.home")
              + "). Get a newer one with your package manager or from https://adoptium.net.");
      System.exit(1);
    }
    Class.forName("dev.flyball.cli.Main")
        .getMethod("main", String[].class)
        .invoke(null, (Object) arguments);
  }

  /** 8 for "1.8", 25 for "25". */
  private static int featureVersion(String specificationVersion) {
    return Integer.parseInt(
        specificationVersion.startsWith("1.")
            ? specificationVersion.substring(2)
            : specificationVersion);
  }
}
