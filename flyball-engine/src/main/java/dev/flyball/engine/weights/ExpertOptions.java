package dev.flyball.engine.weights;

/**
 * How the experts of a model are kept.
 *
 * @param memoryBytes the most that experts kept on disk may take of memory; 0: what is free
 */
public record ExpertOptions(ExpertPlacement placement, long memoryBytes) {
  public static final ExpertOptions DEFAULT = new ExpertOptions(ExpertPlacement.AUTO, 0);

  private static final String ON_DISK = "disk:";
  private static final int MEBIBYTE_BITS = 20;

  /**
   * Reads {@code auto}, {@code memory}, {@code disk}, or {@code disk:MIB} with the memory that
   * experts on disk may take.
   *
   * @throws IllegalArgumentException where it is none of these
   */
  public static ExpertOptions parse(String text) {
    return switch (text) {
      case "auto" -> DEFAULT;
      case "memory" -> new ExpertOptions(ExpertPlacement.MEMORY, 0);
      case "disk" -> new ExpertOptions(ExpertPlacement.DISK, 0);
      default -> {
        if (!text.matches(ON_DISK + "[1-9]\\d{0,8}")) {
          throw new IllegalArgumentException(
              "experts can be auto, memory, disk, or disk:MIB with the memory in MiB that they may"
                  + " take, as in disk:4096; not '"
                  + text
                  + "'");
        }
        long mebibytes = Long.parseLong(text.substring(ON_DISK.length()));
        yield new ExpertOptions(ExpertPlacement.DISK, mebibytes << MEBIBYTE_BITS);
      }
    };
  }

  public ExpertOptions {
    if (memoryBytes < 0) {
      throw new IllegalArgumentException("the experts' memory must not be negative");
    }
  }
}
