package dev.flyball.engine.template;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/** The names that a parser comes across, for the checks that need more than one place to decide. */
final class NamesUsed {
  /** A filter or test that does not exist, and where it is named. */
  private record UnknownName(String kind, String name, int line) {}

  private final List<UnknownName> unknown = new ArrayList<>();
  private Set<String> variables = new HashSet<>();

  void readVariable(String name) {
    variables.add(name);
  }

  /** Runs a parser and adds all variables that it reads to {@code seen}. */
  <T> T collectingVariables(Set<String> seen, Supplier<T> parser) {
    Set<String> outer = variables;
    variables = seen;
    T parsed = parser.get();
    outer.addAll(seen);
    variables = outer;
    return parsed;
  }

  void useFilter(Token name) {
    if (!Filters.exists(name.text())) {
      unknown.add(new UnknownName("filter", name.text(), name.line()));
    }
  }

  void useTest(Token name) {
    if (!Predicates.exists(name.text())) {
      unknown.add(new UnknownName("test", name.text(), name.line()));
    }
  }

  /** A mark to which {@link #forgiveUnknown} goes back. */
  int mark() {
    return unknown.size();
  }

  /**
   * Lets filters and tests that do not exist pass where they are used under a condition: a template
   * may name one that only other programs have, as long as it is not reached.
   */
  void forgiveUnknown(int mark) {
    unknown.subList(mark, unknown.size()).clear();
  }

  void rejectUnknown() {
    if (!unknown.isEmpty()) {
      UnknownName first = unknown.getFirst();
      throw Failure.syntax(
          first.line(), "there is no " + first.kind() + " named '" + first.name() + "'");
    }
  }
}
