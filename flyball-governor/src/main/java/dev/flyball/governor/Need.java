package dev.flyball.governor;

/** What a request needs besides text. */
public enum Need {
  /** The model may call functions. */
  TOOLS,
  /** The answer must follow a schema or grammar. */
  GRAMMAR,
  /** Log-probabilities of the tokens. */
  LOGPROBS,
  /** The model thinks before it answers. */
  REASONING
}
