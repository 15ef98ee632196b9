package dev.flyball.engine.template;

import dev.flyball.engine.template.Stmt.Target;
import dev.flyball.engine.template.Token.Kind;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Parses a template: text, printed expressions and the statements between the tags. */
final class TemplateParser {
  private static final Set<String> RESERVED =
      Set.of("true", "false", "none", "True", "False", "None");

  private final TokenStream tokens;
  private final NamesUsed names = new NamesUsed();
  private final ExpressionParser expressions;
  private int loops;

  private TemplateParser(TokenStream tokens) {
    this.tokens = tokens;
    this.expressions = new ExpressionParser(tokens, names);
  }

  static List<Stmt> parse(String source, TemplateLimits limits) {
    if (source.length() > limits.sourceChars()) {
      throw Failure.syntax(
          1,
          "the source has %d characters, beyond the limit of %d"
              .formatted(source.length(), limits.sourceChars()));
    }
    TokenStream tokens = new TokenStream(Lexer.tokens(source), limits.nesting());
    TemplateParser parser = new TemplateParser(tokens);
    List<Stmt> statements = parser.statementsUntil(List.of());
    parser.names.rejectUnknown();
    return statements;
  }

  /** Parses until a tag of one of these names, and past its name; the tag's end is not read. */
  private List<Stmt> statementsUntil(List<String> endNames) {
    tokens.enter();
    List<Stmt> statements = new ArrayList<>();
    while (true) {
      Token token = tokens.next();
      switch (token.kind()) {
        case DATA -> statements.add(new Stmt.Text(token.text()));
        case PRINT_BEGIN -> {
          statements.add(new Stmt.Print(expressions.tupleOrExpression(), token.line()));
          tokens.expect(Kind.PRINT_END);
        }
        case TAG_BEGIN -> {
          if (endNames.contains(tokens.current().text())) {
            tokens.leave();
            return List.copyOf(statements);
          }
          statements.add(statement());
          tokens.expect(Kind.TAG_END);
        }
        default -> {
          if (!endNames.isEmpty()) {
            throw tokens.expected("'{% " + String.join(" %}' or '{% ", endNames) + " %}'");
          }
          return List.copyOf(statements);
        }
      }
    }
  }

  /** A body up to its end tag, of which all but the {@code %}} is consumed. */
  private List<Stmt> body(String... endNames) {
    tokens.skipOperator(":");
    tokens.expect(Kind.TAG_END);
    return statementsUntil(List.of(endNames));
  }

  private List<Stmt> bodyAndEnd(String endName) {
    List<Stmt> body = body(endName);
    tokens.next();
    return body;
  }

  private Stmt statement() {
    Token name = tokens.expect(Kind.NAME);
    return switch (name.text()) {
      case "if" -> parseIf(name);
      case "for" -> parseFor(name);
      case "break" -> loopControl(name, new Stmt.Break());
      case "continue" -> loopControl(name, new Stmt.Continue());
      case "set" -> parseSet(name);
      case "with" -> parseWith(name);
      case "macro" -> new Stmt.DefineMacro(macro(variableName(), "endmacro"));
      case "call" -> parseCallBlock(name);
      case "filter" -> parseFilterBlock(name);
      case "generation" -> new Stmt.Block(outsideLoops("endgeneration"));
      case "print" -> parsePrint(name);
      default -> throw Failure.syntax(name.line(), "there is no tag named '" + name.text() + "'");
    };
  }

  private Stmt parseIf(Token first) {
    int mark = names.mark();
    List<Stmt.If.Branch> branches = new ArrayList<>();
    List<Stmt> otherwise = List.of();
    Token tag = first;
    while (tag.isName("if") || tag.isName("elif")) {
      Expr test = expressions.tupleOrUnconditional();
      List<Stmt> body = body("elif", "else", "endif");
      branches.add(new Stmt.If.Branch(test, body, tag.line()));
      tag = tokens.next();
    }
    if (tag.isName("else")) {
      otherwise = bodyAndEnd("endif");
    }
    names.forgiveUnknown(mark);
    return new Stmt.If(List.copyOf(branches), otherwise);
  }

  private Stmt parseFor(Token tag) {
    Target target = target(false);
    tokens.expectName("in");
    Expr iterable = expressions.tupleOrUnconditional();
    Expr condition = tokens.skipName("if") ? expressions.expression() : null;
    boolean recursive = tokens.skipName("recursive");
    loops++;
    List<Stmt> body = body("else", "endfor");
    loops--;
    List<Stmt> otherwise = tokens.next().isName("else") ? bodyAndEnd("endfor") : List.of();
    return new Stmt.For(target, iterable, condition, recursive, body, otherwise, tag.line());
  }

  private Stmt loopControl(Token tag, Stmt statement) {
    if (loops == 0) {
      throw Failure.syntax(tag.line(), "'" + tag.text() + "' is allowed in a loop only");
    }
    return statement;
  }

  private Stmt parseSet(Token tag) {
    Target target = target(true);
    if (tokens.skipOperator("=")) {
      return new Stmt.Set(target, expressions.tupleOrExpression(), tag.line());
    }
    List<Expr.FilterCall> filters = new ArrayList<>();
    while (tokens.skipOperator("|")) {
      filters.add(expressions.filterCall());
    }
    return new Stmt.SetBlock(target, List.copyOf(filters), bodyAndEnd("endset"), tag.line());
  }

  private Stmt parseWith(Token tag) {
    List<Stmt.With.Binding> bindings = new ArrayList<>();
    while (tokens.current().kind() != Kind.TAG_END) {
      if (!bindings.isEmpty()) {
        tokens.expectOperator(",");
      }
      Target target = singleTarget(false);
      tokens.expectOperator("=");
      bindings.add(new Stmt.With.Binding(target, expressions.expression()));
    }
    return new Stmt.With(List.copyOf(bindings), bodyAndEnd("endwith"), tag.line());
  }

  private Stmt parseCallBlock(Token tag) {
    List<Stmt.Parameter> parameters = tokens.current().isOperator("(") ? parameters() : List.of();
    Expr called = expressions.expression();
    if (!(called instanceof Expr.Call call)) {
      throw Failure.syntax(tag.line(), "expected a call of a macro after 'call'");
    }
    return new Stmt.CallBlock(call, macroBody("caller", parameters, "endcall"));
  }

  private Stmt parseFilterBlock(Token tag) {
    List<Expr.FilterCall> filters = new ArrayList<>();
    do {
      filters.add(expressions.filterCall());
    } while (tokens.skipOperator("|"));
    return new Stmt.FilterBlock(List.copyOf(filters), bodyAndEnd("endfilter"), tag.line());
  }

  private Stmt parsePrint(Token tag) {
    List<Expr> values = new ArrayList<>();
    do {
      values.add(expressions.expression());
    } while (tokens.skipOperator(","));
    return new Stmt.Print(new Expr.Concatenation(List.copyOf(values)), tag.line());
  }

  private Stmt.MacroDefinition macro(String name, String endName) {
    return macroBody(name, parameters(), endName);
  }

  private Stmt.MacroDefinition macroBody(
      String name, List<Stmt.Parameter> parameters, String endName) {
    Set<String> read = new HashSet<>();
    List<Stmt> body = names.collectingVariables(read, () -> outsideLoops(endName));
    for (Stmt.Parameter parameter : parameters) {
      read.remove(parameter.name());
    }
    return new Stmt.MacroDefinition(
        name,
        parameters,
        read.contains("varargs"),
        read.contains("kwargs"),
        read.contains("caller") || parameters.stream().anyMatch(p -> p.name().equals("caller")),
        body);
  }

  /** A body from which {@code break} and {@code continue} cannot reach a loop around it. */
  private List<Stmt> outsideLoops(String endName) {
    int outerLoops = loops;
    loops = 0;
    List<Stmt> body = bodyAndEnd(endName);
    loops = outerLoops;
    return body;
  }

  private List<Stmt.Parameter> parameters() {
    tokens.expectOperator("(");
    List<Stmt.Parameter> parameters = new ArrayList<>();
    boolean hasDefault = false;
    while (!tokens.skipOperator(")")) {
      if (!parameters.isEmpty()) {
        tokens.expectOperator(",");
      }
      String name = variableName();
      Expr defaultValue = tokens.skipOperator("=") ? expressions.expression() : null;
      if (hasDefault && defaultValue == null) {
        throw tokens.expected("'=' and a default, as the parameter before has one");
      }
      hasDefault = defaultValue != null;
      parameters.add(new Stmt.Parameter(name, defaultValue));
    }
    return List.copyOf(parameters);
  }

  /** One target, or several with commas between them, which unpack the value. */
  private Target target(boolean mayBeAttribute) {
    List<Target> targets = new ArrayList<>();
    boolean unpacks = false;
    do {
      if (!targets.isEmpty()
          && tokens.current().kind() != Kind.NAME
          && !tokens.current().isOperator("(")) {
        break;
      }
      targets.add(singleTarget(mayBeAttribute));
      unpacks |= tokens.current().isOperator(",");
    } while (tokens.skipOperator(","));
    return unpacks ? new Target.Unpacking(List.copyOf(targets)) : targets.getFirst();
  }

  private Target singleTarget(boolean mayBeAttribute) {
    if (tokens.skipOperator("(")) {
      tokens.enter();
      Target inner = target(mayBeAttribute);
      tokens.leave();
      tokens.expectOperator(")");
      return inner;
    }
    String name = variableName();
    if (mayBeAttribute && tokens.skipOperator(".")) {
      return new Target.NamespaceAttribute(name, tokens.expect(Kind.NAME).text());
    }
    return new Target.Variable(name);
  }

  private String variableName() {
    if (RESERVED.contains(tokens.current().text())) {
      throw tokens.expected("a variable's name");
    }
    return tokens.expect(Kind.NAME).text();
  }
}
