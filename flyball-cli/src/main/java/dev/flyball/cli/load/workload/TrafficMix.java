package dev.flyball.cli.load.workload;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Kinds of requests and how often each comes, written as {@code 80% in=50-300 out=50-150 name=chat;
 * 20% in=3000-6000 out=50-150 name=document}.
 */
public record TrafficMix(List<TrafficClass> classes) {
  private static final int MAX_CLASSES = 16;
  private static final Pattern SHARE = Pattern.compile("(\\d{1,3}(?:\\.\\d{1,6})?)%");
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_.-]{1,40}");

  /**
   * Requests of one kind.
   *
   * @param share of all requests, above 0 to 1
   * @param prompt tokens of their prompts, a prefix shared by all apart
   * @param output tokens of their answers
   */
  record TrafficClass(String name, double share, TokenRange prompt, TokenRange output) {
    @Override
    public String toString() {
      return String.format(
          Locale.ROOT, "%s%% in=%s out=%s name=%s", percent(share), prompt, output, name);
    }

    private static String percent(double share) {
      return String.format(Locale.ROOT, "%.2f", 100 * share).replaceFirst("\\.?0+$", "");
    }
  }

  public TrafficMix {
    classes = List.copyOf(classes);
  }

  /**
   * Reads a mix.
   *
   * @throws IllegalArgumentException where it is none, with what is wrong and where
   */
  public static TrafficMix parse(String text) {
    List<TrafficClass> classes = new ArrayList<>();
    Set<String> names = new HashSet<>();
    double sum = 0;
    for (String part : text.split(";", -1)) {
      if (part.isBlank()) {
        continue;
      }
      TrafficClass added = parseClass(part.strip(), "class" + (classes.size() + 1));
      if (!names.add(added.name())) {
        throw new IllegalArgumentException("the mix has two classes named " + added.name());
      }
      classes.add(added);
      sum += added.share();
    }
    if (classes.isEmpty() || classes.size() > MAX_CLASSES) {
      throw new IllegalArgumentException("a mix has 1 to " + MAX_CLASSES + " classes");
    }
    if (Math.abs(sum - 1) > 1e-4) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT, "the shares of the mix add up to %.2f%%, not 100%%", 100 * sum));
    }
    return new TrafficMix(classes);
  }

  private static TrafficClass parseClass(String text, String defaultName) {
    Optional<Double> share = Optional.empty();
    Optional<TokenRange> prompt = Optional.empty();
    Optional<TokenRange> output = Optional.empty();
    String name = defaultName;
    for (String word : text.split("\\s+", -1)) {
      Matcher percent = SHARE.matcher(word);
      if (percent.matches()) {
        share = Optional.of(Double.parseDouble(percent.group(1)) / 100);
      } else if (word.startsWith("in=")) {
        prompt = Optional.of(TokenRange.parse(word.substring(3)));
      } else if (word.startsWith("out=")) {
        output = Optional.of(TokenRange.parse(word.substring(4)));
      } else if (word.startsWith("name=") && NAME.matcher(word.substring(5)).matches()) {
        name = word.substring(5);
      } else {
        throw new IllegalArgumentException(
            "'%s' in the mix is none of SHARE%%, in=TOKENS, out=TOKENS, name=NAME".formatted(word));
      }
    }
    if (share.filter(s -> s > 0).isEmpty() || prompt.isEmpty() || output.isEmpty()) {
      throw new IllegalArgumentException(
          "a class of a mix needs a share above 0, in= and out=: '" + text + "'");
    }
    return new TrafficClass(name, share.get(), prompt.get(), output.get());
  }

  TrafficClass draw(RandomGenerator random) {
    double point = random.nextDouble();
    for (TrafficClass candidate : classes) {
      point -= candidate.share();
      if (point < 0) {
        return candidate;
      }
    }
    return classes.getLast();
  }

  @Override
  public String toString() {
    return String.join("; ", classes.stream().map(TrafficClass::toString).toList());
  }
}
