package dev.flyball.governor;

/**
 * What can answer a request: an engine of this process.
 *
 * @param name how people know it
 * @param contextLength tokens that prompt and answer may have together
 * @param knobs how it computes
 * @param load what it is busy with now
 */
public record Target(String name, int contextLength, Knobs knobs, TargetLoad load) {
  public Target {
    if (name.isBlank() || contextLength < 1) {
      throw new IllegalArgumentException("a target has a name and a context");
    }
  }
}
