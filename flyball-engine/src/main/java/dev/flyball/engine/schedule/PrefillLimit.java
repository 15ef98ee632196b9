package dev.flyball.engine.schedule;

/** Why a step does not hold more tokens of prompts. */
public enum PrefillLimit {
  /** All that there is to compute is in it. */
  NOTHING_LEFT,
  /** The batch is full. */
  BATCH,
  /** Nobody decodes, but a longer step would let those wait who come while it runs. */
  STEP_TIME,
  /** More would break the TPOT target of a running answer. */
  TPOT_TARGET,
  /** More would slow the running answers, none of which has a target, more than is their share. */
  SHARE,
  /** Too little is known about the time of steps to dare more beside running answers. */
  UNCALIBRATED,
  /** As many sequences run as may. */
  PLACES,
  /** The memory is full. */
  MEMORY
}
