package dev.flyball.engine.dialect;

import java.util.List;

/**
 * Reads one answer while it arrives. Text is held back only as long as it may belong to a marker or
 * to the head of a call; what turns out to be neither becomes content. Blanks beside a marker are
 * formatting and are dropped. However the text is cut into pieces, the events together say the
 * same. Not thread-safe.
 */
public interface AnswerParser {
  /** Reads the next piece of text and gives what is certain now; often nothing. */
  List<AnswerEvent> accept(String text);

  /** Gives what is still held back, once nothing follows; ends a call that broke off. */
  List<AnswerEvent> finish();
}
