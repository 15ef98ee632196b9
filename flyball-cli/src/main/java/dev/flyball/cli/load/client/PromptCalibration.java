package dev.flyball.cli.load.client;

import dev.flyball.cli.console.CommandFailure;
import dev.flyball.cli.load.workload.PromptSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Finds out how long words are in a server's tokens, so that prompts get the length asked for. */
public final class PromptCalibration {
  private static final int REPEATS = 8;
  private static final int ENOUGH_WORDS = 32;
  private static final int FEWEST_WORDS = 8;
  private static final int CHECKED_WORDS = 200;
  private static final long CHECK_SEED = 1;

  /** Short and frequent, so that most vocabularies have each as one token. */
  private static final List<String> CANDIDATES =
      List.of(
          ("the and was his her she had said they with for not but you all one him out that this"
                  + " there were when then what down have from very back into time little day saw"
                  + " now went old man two good came who big off home see how its did long can just"
                  + " some more over like will your about no so up me my he it of to in on at is as"
                  + " be by we or an do go if are has them would their could made way night")
              .split(" ", -1));

  private final PlainCalls calls;
  private final TargetServer target;

  private PromptCalibration(PlainCalls calls, TargetServer target) {
    this.calls = calls;
    this.target = target;
  }

  /**
   * Calibrates by the server's tokenizer, or by its usage. Sends about a hundred small requests,
   * which also warm the server up.
   *
   * @throws CommandFailure where the server does not answer, or refuses
   */
  public static PromptWriter of(StreamClient client, TargetServer target) {
    return new PromptCalibration(client.plainCalls(), target).calibrate();
  }

  private PromptWriter calibrate() {
    Optional<TokenCounter> counter = TokenCounter.of(calls, target);
    if (counter.isEmpty()) {
      return new PromptWriter(CANDIDATES, 1, 0, "none: a word is taken for a token");
    }
    List<String> words = wordsOfOneCost(counter.get());
    PromptWriter raw = new PromptWriter(words, 1, 0, "");
    String check =
        raw.write(new PromptSpec(List.of(new PromptSpec.Part(CHECK_SEED, CHECKED_WORDS))));
    int first = counter.get().count(PromptWriter.FIRST_WORD);
    double tokensPerWord = (counter.get().count(check) - first) / (double) CHECKED_WORDS;
    Optional<Integer> counted = promptTokens(check);
    int overhead =
        counted
            .map(tokens -> (int) Math.round(tokens - CHECKED_WORDS * tokensPerWord))
            .orElse(first);
    String method =
        String.format(
            Locale.ROOT,
            "by %s: %d words of %.4g tokens, %d tokens around them%s",
            counter.get().description(),
            words.size(),
            tokensPerWord,
            overhead,
            counted.isPresent()
                ? ""
                : " (not counting a chat template: the server sends no usage)");
    return new PromptWriter(words, tokensPerWord, overhead, method);
  }

  /** The cheapest words of which there are enough at one price. */
  private List<String> wordsOfOneCost(TokenCounter counter) {
    int first = counter.count(PromptWriter.FIRST_WORD);
    Map<Integer, List<String>> byCost = new TreeMap<>();
    for (String word : CANDIDATES) {
      int tokens = counter.count(PromptWriter.FIRST_WORD + (" " + word).repeat(REPEATS)) - first;
      if (tokens > 0 && tokens % REPEATS == 0) {
        byCost.computeIfAbsent(tokens / REPEATS, _ -> new ArrayList<>()).add(word);
      }
      if (byCost.getOrDefault(1, List.of()).size() >= ENOUGH_WORDS) {
        break;
      }
    }
    return byCost.values().stream()
        .filter(words -> words.size() >= FEWEST_WORDS)
        .findFirst()
        .orElse(CANDIDATES);
  }

  private Optional<Integer> promptTokens(String text) {
    PlainCalls.Reply reply = calls.post(target.api().path(), target.probeBody(text));
    if (!reply.ok()) {
      throw new CommandFailure(
          "the server at %s answers a first request with status %d: %s"
              .formatted(target.base(), reply.status(), reply.errorMessage()));
    }
    return TokenCounts.of(reply.json().path("usage")).map(usage -> Math.toIntExact(usage.prompt()));
  }
}
