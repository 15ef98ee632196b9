package dev.flyball.engine;

/** What a model is good for. */
public enum ModelUse {
  /** It goes on with texts. */
  GENERATE,
  /** It makes vectors of texts. */
  EMBED,
  /** It tells how relevant a document is to a query. */
  RANK
}
