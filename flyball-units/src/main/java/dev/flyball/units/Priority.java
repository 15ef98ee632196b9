package dev.flyball.units;

/** How urgent a request is. The order is that of urgency, the most urgent first. */
public enum Priority {
  HIGH,
  NORMAL,
  LOW
}
