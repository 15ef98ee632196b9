package dev.flyball.cli.load.workload;

import dev.flyball.cli.load.workload.PromptSpec.Part;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;

/** The requests of a slice of a trace. */
public final class TraceWorkload implements Workload {
  private static final String SHORT = "short";
  private static final String LONG = "long";

  private final TraceSlice slice;
  private final TraceSlice.Cursor cursor;
  private final Scale scale;
  private final RequestLimits limits;
  private final OptionalInt splitTokens;
  private final int sharedPrefixTokens;
  private final TextSeeds texts;
  private long index;

  /**
   * How a trace is stretched.
   *
   * @param time times between arrivals are multiplied by it: 0.5 is twice as fast
   * @param length numbers of tokens are multiplied by it, and stay 1 at least
   */
  public record Scale(double time, double length) {
    public Scale {
      if (!(time >= 0 && time <= 1e6)) {
        throw new IllegalArgumentException("--time-scale must be 0 to 1000000");
      }
      if (!(length > 0 && length <= 1000)) {
        throw new IllegalArgumentException("--length-scale must be above 0 and at most 1000");
      }
    }

    int tokens(int tokens) {
      return Math.clamp(Math.round(tokens * length), 1, TokenRange.MAX_TOKENS);
    }
  }

  /**
   * A workload.
   *
   * @param splitTokens prompts up to so many tokens, after scaling, are reported as short, others
   *     as long; nothing: all under the trace's name
   * @param sharedPrefixTokens stand in front of every prompt, beside those of the trace
   */
  public TraceWorkload(
      TraceSlice slice,
      Scale scale,
      RequestLimits limits,
      OptionalInt splitTokens,
      int sharedPrefixTokens,
      long seed) {
    this.slice = slice;
    this.cursor = slice.open();
    this.scale = scale;
    this.limits = limits;
    this.splitTokens = splitTokens;
    this.sharedPrefixTokens = sharedPrefixTokens;
    this.texts = new TextSeeds(seed);
  }

  @Override
  public Optional<PlannedRequest> next() {
    return cursor.next().map(this::planned);
  }

  private PlannedRequest planned(TraceRecord request) {
    int tokens = scale.tokens(request.promptTokens());
    PromptSpec prompt =
        new PromptSpec(parts(request, tokens))
            .after(new Part(texts.ofPrefix(), sharedPrefixTokens));
    long arrivalNanos = Math.round(cursor.sinceStartNanos(request) * scale.time());
    index++;
    return limits.fit(
        new PlannedRequest(
            arrivalNanos, className(tokens), prompt, scale.tokens(request.outputTokens())));
  }

  private List<Part> parts(TraceRecord request, int tokens) {
    if (request.blockIds().isEmpty()) {
      return List.of(new Part(texts.ofRequest(index), tokens));
    }
    int blockTokens = scale.tokens(TraceRecord.BLOCK_TOKENS);
    List<Part> parts = new ArrayList<>(request.blockIds().size());
    int rest = tokens;
    for (int i = 0; i < request.blockIds().size() && rest > 0; i++) {
      boolean last = i == request.blockIds().size() - 1;
      int length = last ? rest : Math.min(rest, blockTokens);
      parts.add(new Part(texts.ofBlock(request.blockIds().get(i)), length));
      rest -= length;
    }
    return parts;
  }

  private String className(int promptTokens) {
    if (splitTokens.isEmpty()) {
      return cursor.format().className();
    }
    return promptTokens <= splitTokens.getAsInt() ? SHORT : LONG;
  }

  @Override
  public String description() {
    return String.format(
        Locale.ROOT,
        "trace %s (%s) from %s%s, times x %.4g, lengths x %.4g%s",
        slice.file().getFileName(),
        cursor.format().className(),
        slice.start(),
        slice.duration().map(d -> " for " + d).orElse(""),
        scale.time(),
        scale.length(),
        sharedPrefixTokens == 0 ? "" : ", a shared prefix of " + sharedPrefixTokens + " tokens");
  }

  @Override
  public List<String> classNames() {
    return splitTokens.isPresent() ? List.of(SHORT, LONG) : List.of(cursor.format().className());
  }

  @Override
  public void close() {
    cursor.close();
  }
}
