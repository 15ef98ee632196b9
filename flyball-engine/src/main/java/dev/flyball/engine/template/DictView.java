package dev.flyball.engine.template;

import java.util.Iterator;
import java.util.Map;

/** What {@code keys()}, {@code values()} and {@code items()} of a dict return. */
record DictView(Part part, Map<Object, Object> dict) {
  enum Part {
    KEYS("dict_keys"),
    VALUES("dict_values"),
    ITEMS("dict_items");

    private final String typeName;

    Part(String typeName) {
      this.typeName = typeName;
    }

    String typeName() {
      return typeName;
    }
  }

  Iterator<Object> iterator() {
    return switch (part) {
      case KEYS -> dict.keySet().iterator();
      case VALUES -> dict.values().iterator();
      case ITEMS -> items(dict);
    };
  }

  static Iterator<Object> items(Map<Object, Object> dict) {
    Iterator<Map.Entry<Object, Object>> entries = dict.entrySet().iterator();
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return entries.hasNext();
      }

      @Override
      public Object next() {
        Map.Entry<Object, Object> entry = entries.next();
        return Tuple.of(entry.getKey(), entry.getValue());
      }
    };
  }
}
