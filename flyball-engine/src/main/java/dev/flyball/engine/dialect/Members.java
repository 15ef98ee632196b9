package dev.flyball.engine.dialect;

import static dev.flyball.engine.grammar.GrammarPart.sequence;
import static dev.flyball.engine.grammar.GrammarPart.text;

import dev.flyball.engine.grammar.GrammarPart;
import java.util.ArrayList;
import java.util.List;

/** Grammars of members in a fixed order, some of which may be left out. */
final class Members {
  private Members() {}

  /** One of them. */
  record Member(GrammarPart part, boolean required) {}

  /** One behind the other. */
  static GrammarPart joined(List<Member> members) {
    return new GrammarPart.Sequence(
        members.stream()
            .map(m -> m.required() ? m.part() : new GrammarPart.Repeat(m.part(), 0, 1))
            .toList());
  }

  /** With a separator between those that are there. */
  static GrammarPart separated(List<Member> members, String separator) {
    List<GrammarPart> options = new ArrayList<>();
    boolean mayBeEmpty = members.stream().noneMatch(Member::required);
    for (int first = 0; first < members.size(); first++) {
      options.add(
          sequence(
              members.get(first).part(),
              joined(
                  members.subList(first + 1, members.size()).stream()
                      .map(m -> new Member(sequence(text(separator), m.part()), m.required()))
                      .toList())));
      if (members.get(first).required()) {
        break;
      }
    }
    if (mayBeEmpty) {
      options.add(text(""));
    }
    return new GrammarPart.Choice(options);
  }
}
