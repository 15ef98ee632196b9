package dev.flyball.server.energy;

/**
 * What processors take, by their generation: watts of the whole server at the wall for each
 * hardware thread, averages of the results of SPECpower_ssj2008 as the Cloud Carbon Footprint
 * project publishes them (ccf-coefficients, March 2026). Left out: generations without results of
 * their own (Arm servers), and Zen 5, whose published average rests on few small machines and lies
 * four times above that of its forerunner.
 */
final class PowerTable {
  /** Servers of one generation differ, and vector arithmetic is not the load of that benchmark. */
  private static final double FACTOR = 2;

  /** Generations differ by a factor of five. */
  private static final double FACTOR_UNKNOWN = 3;

  private static final Watts UNKNOWN = new Watts("not in the table", 0.8, 3, FACTOR_UNKNOWN);

  private PowerTable() {}

  /**
   * Watts for each hardware thread.
   *
   * @param generation of processors
   * @param idle with nothing to do
   * @param active under full load, what it takes idle included
   * @param factor the true figure is believed to lie within this factor, either way
   */
  record Watts(String generation, double idle, double active, double factor) {}

  static Watts of(Processor processor) {
    return switch (processor.vendor()) {
      case "GenuineIntel" -> processor.family() == 6 ? intel(processor.model()) : UNKNOWN;
      case "AuthenticAMD" -> amd(processor.family(), processor.model());
      default -> UNKNOWN;
    };
  }

  private static Watts intel(int model) {
    return switch (model) {
      case 60, 63, 69, 70 -> known("Haswell", 1.86, 5.60);
      case 61, 71, 79, 86 -> known("Broadwell", 0.71, 3.69);
      case 85 -> known("Skylake or Cascade Lake", 0.65, 4.08);
      case 142, 158 -> known("Coffee Lake", 1.14, 5.42);
      case 106, 108 -> known("Ice Lake", 0.77, 3.76);
      case 143 -> known("Sapphire Rapids", 1.04, 4.16);
      case 207 -> known("Emerald Rapids", 0.81, 4.48);
      case 173, 174 -> known("Granite Rapids", 0.58, 2.53);
      default -> UNKNOWN;
    };
  }

  /** Models of servers only: those of desktops and laptops have no results. */
  private static Watts amd(int family, int model) {
    return switch (family) {
      case 23 ->
          switch (model) {
            case 1 -> known("EPYC Zen", 0.85, 2.60);
            case 49 -> known("EPYC Zen 2", 0.47, 1.69);
            default -> UNKNOWN;
          };
      case 25 ->
          switch (model) {
            case 1 -> known("EPYC Zen 3", 0.46, 1.96);
            case 17, 160 -> known("EPYC Zen 4", 0.74, 2.28);
            default -> UNKNOWN;
          };
      default -> UNKNOWN;
    };
  }

  private static Watts known(String generation, double idle, double active) {
    return new Watts(generation, idle, active, FACTOR);
  }
}
