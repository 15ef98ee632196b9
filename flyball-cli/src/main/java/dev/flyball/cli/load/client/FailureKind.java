package dev.flyball.cli.load.client;

/** Why a request has no whole answer. */
public enum FailureKind {
  /** Status 429. */
  RATE_LIMITED,
  /** Another status from 400 to 499, or one that is no answer. */
  REFUSED,
  /** Status 500 and above. */
  SERVER_ERROR,
  /** No connection came about. */
  CONNECT,
  /** The connection broke, or the stream ended without its last event. */
  CUT,
  /** The stream brought an error, or what is no event of the API. */
  STREAM_ERROR,
  /** Not over within the time limit. */
  TIMEOUT,
  /** The run was ended by its user. */
  CANCELLED
}
