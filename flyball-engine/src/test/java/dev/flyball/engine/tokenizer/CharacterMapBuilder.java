package dev.flyball.engine.tokenizer;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/**
 * Writes the map that {@link CharacterMap} reads, the plainest way: the first place that is free.
 */
final class CharacterMapBuilder {
  private static final class Node {
    final TreeMap<Integer, Node> children = new TreeMap<>();
    int value = -1;
  }

  private final int[] units = new int[1 << 16];
  private final boolean[] taken = new boolean[1 << 16];

  private CharacterMapBuilder() {}

  static byte[] build(Map<String, String> replacements) {
    ByteArrayOutputStream texts = new ByteArrayOutputStream();
    Node root = new Node();
    replacements.forEach(
        (from, to) -> {
          Node node = root;
          for (byte value : from.getBytes(StandardCharsets.UTF_8)) {
            node = node.children.computeIfAbsent(value & 0xFF, _ -> new Node());
          }
          node.value = texts.size();
          texts.writeBytes(to.getBytes(StandardCharsets.UTF_8));
          texts.write(0);
        });
    CharacterMapBuilder builder = new CharacterMapBuilder();
    builder.taken[0] = true;
    builder.place(root, 0, 0);
    return ByteBuffer.allocate(4 + 4 * builder.units.length + texts.size())
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(4 * builder.units.length)
        .put(bytes(builder.units))
        .put(texts.toByteArray())
        .array();
  }

  private static byte[] bytes(int[] numbers) {
    ByteBuffer buffer = ByteBuffer.allocate(4 * numbers.length).order(ByteOrder.LITTLE_ENDIAN);
    Arrays.stream(numbers).forEach(buffer::putInt);
    return buffer.array();
  }

  private void place(Node node, int index, int label) {
    int base = freeBase(node);
    node.children.keySet().forEach(child -> taken[base ^ child] = true);
    units[index] = label | ((base ^ index) << 10);
    if (node.value >= 0) {
      taken[base] = true;
      units[base] = node.value | (1 << 31);
      units[index] |= 1 << 8;
    }
    node.children.forEach((child, below) -> place(below, base ^ child, child));
  }

  private int freeBase(Node node) {
    for (int base = 256; ; base++) {
      int at = base;
      boolean free = node.children.keySet().stream().noneMatch(child -> taken[at ^ child]);
      if (free && !taken[base]) {
        return base;
      }
    }
  }
}
