package dev.flyball.engine.model;

import java.util.Arrays;

/**
 * Which layers of a hybrid model have attention: those for which {@code attention.head_count_kv} is
 * not 0. All that have some have it of the same shape.
 */
public final class LayerKinds {
  private static final String KV_HEADS = "attention.head_count_kv";

  private final int[] kvHeads;
  private final AttentionShape attention;

  private LayerKinds(int[] kvHeads, AttentionShape attention) {
    this.kvHeads = kvHeads;
    this.attention = attention;
  }

  public static LayerKinds read(ModelSource source) {
    HyperParameters keys = source.keys();
    String name = keys.has(KV_HEADS) ? KV_HEADS : "attention.head_count";
    int[] kvHeads = keys.eachLayer(name, source.config().layers());
    int[] different = Arrays.stream(kvHeads).filter(heads -> heads > 0).distinct().toArray();
    if (different.length > 1) {
      throw keys.unsupported(KV_HEADS, "has several numbers beside 0");
    }
    return new LayerKinds(kvHeads, source.attentionShape(different.length == 0 ? 1 : different[0]));
  }

  public boolean isAttention(int layer) {
    return kvHeads[layer] > 0;
  }

  /** The shape of attention, where there is some. */
  public AttentionShape attention() {
    return attention;
  }
}
