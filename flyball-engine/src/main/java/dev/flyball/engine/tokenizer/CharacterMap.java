package dev.flyball.engine.tokenizer;

import dev.flyball.engine.EngineError;
import dev.flyball.engine.EngineException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * SentencePiece's map from sequences of bytes to what they are normalised to: a double array in
 * which each node is one number of 32 bits (Kanda 2018, "Space- and Time-Efficient String
 * Dictionaries"), and the replacements behind it, each ended by a byte 0. Immutable and
 * thread-safe.
 *
 * <pre>
 * bytes 0-3      length of the array in bytes, little-endian as all numbers
 * then           a node: bits 0-7 label, 8 has a replacement, 9 offset is times 256, 10-30 offset;
 *                with bit 31 set, bits 0-30 are where a replacement begins
 * then           replacements
 * </pre>
 */
final class CharacterMap {
  private static final int NODE_BYTES = Integer.BYTES;
  private static final int HAS_REPLACEMENT = 1 << 8;
  private static final int IS_WIDE = 1 << 9;
  private static final int LABEL_MASK = (1 << 31) | 0xFF;

  private final int[] nodes;
  private final byte[] replacements;

  /**
   * Reads it.
   *
   * @param bytes of length 0: a map that replaces nothing
   * @throws EngineException FILE_CORRUPT
   */
  CharacterMap(byte[] bytes) {
    if (bytes.length == 0) {
      nodes = new int[0];
      replacements = bytes;
      return;
    }
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int length = bytes.length < NODE_BYTES ? -1 : buffer.getInt();
    if (length < 0 || length % NODE_BYTES != 0 || length >= buffer.remaining()) {
      throw corrupt("its array does not fit into " + bytes.length + " bytes");
    }
    nodes = new int[length / NODE_BYTES];
    for (int i = 0; i < nodes.length; i++) {
      nodes[i] = buffer.getInt();
    }
    replacements = new byte[buffer.remaining()];
    buffer.get(replacements);
    if (replacements[replacements.length - 1] != 0) {
      throw corrupt("its last replacement has no end");
    }
  }

  /** Of a match: how many bytes it has, and where its replacement is. */
  record Replacement(int length, int offset) {
    static final Replacement NONE = new Replacement(0, 0);
  }

  /**
   * The longest sequence at the start of {@code [from, to)} that is replaced; of length 0 where
   * there is none.
   *
   * @throws EngineException FILE_CORRUPT where the map leads out of itself
   */
  Replacement find(byte[] text, int from, int to) {
    Replacement longest = Replacement.NONE;
    int index = nodes.length == 0 ? 0 : offset(nodes[0]);
    for (int i = from; i < to && nodes.length > 0; i++) {
      int label = text[i] & 0xFF;
      if (label == 0) {
        break;
      }
      index ^= label;
      int node = node(index);
      if ((node & LABEL_MASK) != label) {
        break;
      }
      index ^= offset(node);
      if ((node & HAS_REPLACEMENT) != 0) {
        longest = new Replacement(i - from + 1, node(index) & Integer.MAX_VALUE);
      }
    }
    if (longest.offset() >= Math.max(1, replacements.length)) {
      throw corrupt("a replacement lies behind its end");
    }
    return longest;
  }

  /** The byte of a replacement at a place; 0 behind its end. */
  byte replacement(Replacement found, int at) {
    return replacements[found.offset() + at];
  }

  private int node(int index) {
    if (index < 0 || index >= nodes.length) {
      throw corrupt("it leads out of its array");
    }
    return nodes[index];
  }

  private static int offset(int node) {
    return (node >>> 10) << ((node & IS_WIDE) >>> 6);
  }

  private static EngineException corrupt(String problem) {
    return new EngineException(
        EngineError.FILE_CORRUPT, "tokenizer.ggml.precompiled_charsmap is damaged: " + problem);
  }
}
