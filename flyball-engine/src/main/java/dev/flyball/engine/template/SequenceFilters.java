package dev.flyball.engine.template;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Filters that take items as they come. */
final class SequenceFilters {
  static final Map<String, Filter> ALL =
      Map.of(
          "list", SequenceFilters::list,
          "length", SequenceFilters::length,
          "count", SequenceFilters::length,
          "first", SequenceFilters::first,
          "last", SequenceFilters::last,
          "reverse", SequenceFilters::reverse,
          "items", SequenceFilters::items,
          "batch", SequenceFilters::batch,
          "slice", SequenceFilters::slice);

  private SequenceFilters() {}

  private static Object list(Object input, Arguments arguments, Rendering rendering) {
    arguments.bind();
    List<Object> items = Values.items(input, rendering.budget());
    return items instanceof IntRange ? new ArrayList<>(items) : items;
  }

  private static Object length(Object input, Arguments arguments, Rendering rendering) {
    arguments.bind();
    return Values.length(input);
  }

  private static Object first(Object input, Arguments arguments, Rendering rendering) {
    arguments.bind();
    Iterator<Object> items = Values.iterator(input);
    return items.hasNext() ? items.next() : new Undefined("there is no first item");
  }

  private static Object last(Object input, Arguments arguments, Rendering rendering) {
    arguments.bind();
    if (input instanceof Generator) {
      throw Failure.render("filter last needs all items at once; put the filter list before it");
    }
    List<Object> items = Values.items(input, rendering.budget());
    return items.isEmpty() ? new Undefined("there is no last item") : items.getLast();
  }

  private static Object reverse(Object input, Arguments arguments, Rendering rendering) {
    arguments.bind();
    Budget budget = rendering.budget();
    if (Values.isText(input)) {
      return Lookup.subscript(input, new Slice(None.NONE, None.NONE, -1L), budget);
    }
    List<Object> reversed = new ArrayList<>(Values.items(input, budget));
    Collections.reverse(reversed);
    return input instanceof Generator ? reversed : new Generator(reversed.iterator());
  }

  private static Object items(Object input, Arguments arguments, Rendering rendering) {
    arguments.bind();
    return switch (input) {
      case Undefined _ -> new Generator(Collections.emptyIterator());
      case Map<?, ?> dict -> new Generator(DictView.items(Values.dict(dict)));
      default ->
          throw Failure.render(
              "filter items needs a dict, not a value of type " + Values.typeName(input));
    };
  }

  private static Object batch(Object input, Arguments arguments, Rendering rendering) {
    Arguments.Bound bound = arguments.bind("linecount", "fill_with");
    int size = Math.toIntExact(Math.clamp(bound.integer(0), 1, Integer.MAX_VALUE));
    List<Object> items = Values.items(input, rendering.budget());
    List<Object> batches = new ArrayList<>();
    for (int from = 0; from < items.size(); from += size) {
      int to = (int) Math.min((long) from + size, items.size());
      List<Object> batch = new ArrayList<>(items.subList(from, to));
      if (!bound.isNone(1)) {
        rendering.budget().items(size);
        batch.addAll(Collections.nCopies(size - batch.size(), bound.required(1)));
      }
      batches.add(batch);
    }
    return new Generator(batches.iterator());
  }

  /** Cuts into a number of parts; the first ones are longer where it does not come out even. */
  private static Object slice(Object input, Arguments arguments, Rendering rendering) {
    Arguments.Bound bound = arguments.bind("slices", "fill_with");
    List<Object> items = Values.items(input, rendering.budget());
    long requested = bound.integer(0);
    if (requested == 0) {
      throw Failure.render("filter slice into 0 parts");
    }
    int parts = Math.toIntExact(Math.clamp(requested, 0, Integer.MAX_VALUE));
    rendering.budget().items(parts);
    int length = parts == 0 ? 0 : items.size() / parts;
    int longer = parts == 0 ? 0 : items.size() % parts;
    List<Object> slices =
        IntStream.range(0, parts)
            .<Object>mapToObj(
                i -> {
                  int from = i * length + Math.min(i, longer);
                  int to = from + length + (i < longer ? 1 : 0);
                  List<Object> part = new ArrayList<>(items.subList(from, to));
                  if (i >= longer && !bound.isNone(1)) {
                    part.add(bound.required(1));
                  }
                  return part;
                })
            .toList();
    return new Generator(slices.iterator());
  }
}
