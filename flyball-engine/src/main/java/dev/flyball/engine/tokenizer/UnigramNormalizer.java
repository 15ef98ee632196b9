package dev.flyball.engine.tokenizer;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Makes of a text what a unigram model has pieces for: characters are mapped to their normal forms,
 * spaces marked ({@code U+2581}), merged and added as the file says. Immutable and thread-safe.
 */
final class UnigramNormalizer {
  private static final byte[] MARK =
      Character.toString(SpaceBoundaries.MARK).getBytes(StandardCharsets.UTF_8);

  private final CharacterMap map;
  private final boolean spaceBefore;
  private final boolean spaceBehind;
  private final boolean mergeSpaces;

  UnigramNormalizer(Vocabulary vocabulary) {
    boolean addsSpace = vocabulary.addSpacePrefix().orElse(true);
    map = new CharacterMap(vocabulary.normalization().characterMap());
    spaceBehind = addsSpace && vocabulary.normalization().spaceBehind();
    spaceBefore = addsSpace && !spaceBehind;
    mergeSpaces = vocabulary.normalization().mergeSpaces();
  }

  /** From UTF-8 to UTF-8. */
  byte[] normalise(byte[] text) {
    Writer writer = new Writer(text.length);
    for (int at = 0; at < text.length; ) {
      CharacterMap.Replacement found = map.find(text, at, text.length);
      if (found.length() > 0) {
        writer.putReplacement(found);
        at += found.length();
      } else {
        int end = Math.min(text.length, at + WordModel.characterLength(text[at]));
        for (; at < end; at++) {
          writer.put(text[at]);
        }
      }
    }
    return writer.finish();
  }

  private final class Writer {
    private final ByteArrayOutputStream out;
    private boolean inWord;
    private boolean hasSpaceBefore;

    Writer(int length) {
      out = new ByteArrayOutputStream(length + length / 2 + MARK.length);
    }

    void putReplacement(CharacterMap.Replacement found) {
      for (int i = 0; map.replacement(found, i) != 0; i++) {
        put(map.replacement(found, i));
      }
    }

    void put(byte value) {
      if (value == ' ') {
        inWord = false;
        if (!mergeSpaces) {
          out.writeBytes(MARK);
        }
        return;
      }
      if (!inWord && (mergeSpaces || (spaceBefore && !hasSpaceBefore))) {
        out.writeBytes(MARK);
        hasSpaceBefore = true;
      }
      inWord = true;
      out.write(value);
    }

    byte[] finish() {
      if (spaceBehind) {
        out.writeBytes(MARK);
      }
      return out.toByteArray();
    }
  }
}
