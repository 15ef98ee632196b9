package dev.flyball.engine.dialect;

/** How Mistral's models write a call behind {@code [TOOL_CALLS]}. */
enum MistralForm {
  /** {@code [{"name": ..., "arguments": {...}, "id": ...}]}. */
  LIST,
  /** {@code name[ARGS]{...}}. */
  NAMED,
  /** {@code name[CALL_ID]id[ARGS]{...}}. */
  NAMED_WITH_ID;

  /** The form that a template renders. */
  static MistralForm of(String template) {
    if (template.contains("[CALL_ID]")) {
      return NAMED_WITH_ID;
    }
    return template.contains("[ARGS]") ? NAMED : LIST;
  }
}
