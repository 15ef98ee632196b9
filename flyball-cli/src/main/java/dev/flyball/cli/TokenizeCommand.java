package dev.flyball.cli;

import dev.flyball.cli.console.CommandContext;
import dev.flyball.cli.console.JsonOutput;
import dev.flyball.engine.gguf.GgufFile;
import dev.flyball.engine.tokenizer.Tokenizer;
import dev.flyball.engine.tokenizer.Tokenizers;
import dev.flyball.units.TokenIds;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code flyball tokenize}. */
@Command(
    name = "tokenize",
    description = "Shows the token ids of a text, with --json as {\"ids\": [...]}.")
final class TokenizeCommand implements Runnable {
  private final CommandContext context;

  @Parameters(index = "0", paramLabel = "FILE", description = ModelFiles.PARAMETER_HELP)
  private String model = "";

  @Parameters(
      index = "1",
      paramLabel = "TEXT",
      description = "The text; -: standard input, to its last byte")
  private String text = "";

  @Option(
      names = "--no-bos",
      description = "Add no token before or after, whatever the vocabulary asks for")
  private boolean noBos;

  @Option(
      names = "--parse-special",
      description = "Read the text of control tokens as these tokens")
  private boolean parseSpecial;

  @Option(names = "--json", description = "As one JSON object")
  private boolean json;

  TokenizeCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public void run() {
    try (GgufFile file = GgufFile.open(new ModelFiles(context).resolve(model))) {
      Tokenizer tokenizer = Tokenizers.from(file.metadata());
      TokenIds ids = tokenizer.encode(TextArgument.resolve(context, text), !noBos, parseSpecial);
      if (json) {
        JsonOutput.printLine(context.out(), Map.of("ids", ids.toArray()));
      } else {
        ids.stream().forEach(id -> context.out().println(id + "\t" + tokenizer.piece(id)));
      }
    }
  }
}
