package dev.flyball.engine.template;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The variable {@code loop}: where a loop stands. Items are taken one by one, and looked at in
 * advance only where the template asks for what lies ahead.
 */
final class LoopState implements Callable, WithAttributes {
  /** Runs the loop again over the items of a value, one level deeper, and returns its text. */
  interface Recursion {
    String run(Object iterable, int depth);
  }

  private final int depth;
  private final @Nullable Recursion recursion;
  private final Budget budget;
  private Iterator<Object> rest;
  private OptionalLong length;
  private long index = -1;
  private @Nullable Object previous;
  private @Nullable Object current;
  private @Nullable Object following;
  private List<Object> lastChecked = List.of();

  /**
   * Before the first item.
   *
   * @param length how many items there are, where that is known in advance
   * @param depth 0 for a loop that is not within its own recursion
   * @param recursion null for a loop that is not recursive
   */
  LoopState(
      Iterator<Object> items,
      OptionalLong length,
      int depth,
      @Nullable Recursion recursion,
      Budget budget) {
    this.rest = items;
    this.length = length;
    this.depth = depth;
    this.recursion = recursion;
    this.budget = budget;
  }

  boolean hasNext() {
    return following != null || rest.hasNext();
  }

  Object next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    budget.step();
    Object next = following != null ? following : rest.next();
    following = null;
    previous = current;
    current = next;
    index++;
    return next;
  }

  private Optional<Object> lookAhead() {
    if (following == null && rest.hasNext()) {
      following = rest.next();
    }
    return Optional.ofNullable(following);
  }

  private long length() {
    if (length.isEmpty()) {
      List<Object> ahead = Values.items(new Generator(rest), budget);
      rest = ahead.iterator();
      length = OptionalLong.of(index + 1 + (following == null ? 0 : 1) + ahead.size());
    }
    return length.getAsLong();
  }

  @Override
  public Optional<Object> attribute(String name) {
    return switch (name) {
      case "index" -> Optional.of(index + 1);
      case "index0" -> Optional.of(index);
      case "first" -> Optional.of(index == 0);
      case "last" -> Optional.of(lookAhead().isEmpty());
      case "length" -> Optional.of(length());
      case "revindex" -> Optional.of(length() - index);
      case "revindex0" -> Optional.of(length() - index - 1);
      case "previtem" ->
          Optional.of(previous == null ? new Undefined("there is no previous item") : previous);
      case "nextitem" ->
          Optional.of(lookAhead().orElseGet(() -> new Undefined("there is no next item")));
      case "depth" -> Optional.of((long) depth + 1);
      case "depth0" -> Optional.of((long) depth);
      case "cycle" -> Optional.of((Callable) this::cycle);
      case "changed" -> Optional.of((Callable) this::changed);
      default -> Optional.empty();
    };
  }

  private Object cycle(Arguments arguments, Rendering rendering) {
    List<Object> values = arguments.positional();
    if (values.isEmpty()) {
      throw Failure.render("loop.cycle() needs values to cycle through");
    }
    return values.get((int) (index % values.size()));
  }

  private Object changed(Arguments arguments, Rendering rendering) {
    List<Object> values = new ArrayList<>(arguments.positional());
    boolean changed = index == 0 || !ValueOrder.equal(values, lastChecked, rendering.budget());
    lastChecked = values;
    return changed;
  }

  @Override
  public Object call(Arguments arguments, Rendering rendering) {
    if (recursion == null) {
      throw Failure.render("loop() is for a loop that is marked 'recursive'");
    }
    return recursion.run(arguments.bind("iterable").required(0), depth + 1);
  }
}
