package dev.flyball.engine.model;

/**
 * What queries are multiplied by at a position, so that attention stays sharp over long contexts:
 * {@code 1 + scale * ln(1 + floor((position + offset) / interval))}, after Llama 4.
 */
public record QueryTemperature(double scale, int interval, int offset) {
  float at(int position) {
    return (float) (1 + scale * Math.log(1 + (position + offset) / interval));
  }
}
