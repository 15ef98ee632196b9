package dev.flyball.server.receipt;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.flyball.server.json.JsonText;
import dev.flyball.units.Energy;
import dev.flyball.units.ImageWork;
import dev.flyball.units.LatencyTarget;
import dev.flyball.units.Outcome;
import dev.flyball.units.PhaseTimes;
import dev.flyball.units.PlanSummary;
import dev.flyball.units.Receipt;
import dev.flyball.units.StepWork;
import dev.flyball.units.TokenClasses;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Receipts as JSON; {@code docs/receipts.md} explains each field. */
public final class ReceiptJson {
  private ReceiptJson() {}

  /** Writes the fields of a receipt into the object that is open. */
  public static void write(JsonGenerator json, Receipt receipt) throws IOException {
    json.writeStringField("id", receipt.id());
    writeOptional(json, "client_request_id", receipt.clientId());
    writeOptional(json, "run", receipt.run());
    writeOptional(json, "model", receipt.model());
    json.writeStringField("tenant", JsonText.wellFormed(receipt.terms().tenant()));
    json.writeStringField("priority", lowerCase(receipt.terms().priority()));
    writeTarget(json, receipt.terms().target());
    writeTokens(json, receipt.tokens());
    writeTimes(json, receipt);
    writeWork(json, receipt.work());
    writeImages(json, receipt.images());
    if (receipt.energy().isPresent()) {
      writeEnergy(json, receipt.energy().get());
    } else {
      json.writeNullField("energy");
    }
    if (receipt.plan().isPresent()) {
      writePlan(json, receipt.plan().get());
    } else {
      json.writeNullField("plan");
    }
    writeOutcome(json, receipt.outcome());
    json.writeStringField("arrived_at", receipt.arrivedAt().toString());
    json.writeStringField("ended_at", receipt.endedAt().toString());
  }

  private static void writeTarget(JsonGenerator json, LatencyTarget target) throws IOException {
    json.writeObjectFieldStart("latency_target");
    writeMillis(json, "ttft_ms", target.ttft());
    writeMillis(json, "tpot_ms", target.tpot());
    json.writeEndObject();
  }

  private static void writeTokens(JsonGenerator json, TokenClasses tokens) throws IOException {
    json.writeObjectFieldStart("tokens");
    json.writeNumberField("prompt", tokens.prompt());
    json.writeNumberField("cached", tokens.cached());
    json.writeNumberField("output", tokens.output());
    json.writeNumberField("reasoning", tokens.reasoning());
    json.writeEndObject();
  }

  private static void writeTimes(JsonGenerator json, Receipt receipt) throws IOException {
    PhaseTimes times = receipt.times();
    json.writeObjectFieldStart("times_ms");
    json.writeNumberField("prepare", millis(times.preparation()));
    json.writeNumberField("queue", millis(times.queue()));
    json.writeNumberField("prefill", millis(times.prefill()));
    json.writeNumberField("decode", millis(times.decode()));
    json.writeNumberField("total", millis(times.total()));
    boolean spoke = receipt.tokens().output() > 0;
    writeMillis(
        json, "first_token", spoke ? Optional.of(times.timeToFirstToken()) : Optional.empty());
    json.writeEndObject();
  }

  private static void writeWork(JsonGenerator json, StepWork work) throws IOException {
    json.writeObjectFieldStart("work");
    json.writeNumberField("prefill_steps", work.prefillSteps());
    json.writeNumberField("decode_steps", work.decodeSteps());
    json.writeNumberField("preemptions", work.preemptions());
    json.writeNumberField("drafted_tokens", work.draftedTokens());
    json.writeNumberField("accepted_tokens", work.acceptedTokens());
    json.writeNumberField("compute_ms", millis(work.computeTime()));
    writeStrings(json, "notes", work.notes());
    json.writeEndObject();
  }

  private static void writeImages(JsonGenerator json, ImageWork images) throws IOException {
    if (images.images() == 0) {
      json.writeNullField("images");
      return;
    }
    json.writeObjectFieldStart("images");
    json.writeNumberField("count", images.images());
    json.writeNumberField("cached", images.cached());
    json.writeNumberField("tokens", images.tokens());
    json.writeNumberField("encode_ms", millis(images.time()));
    json.writeEndObject();
  }

  private static void writeEnergy(JsonGenerator json, Energy energy) throws IOException {
    json.writeObjectFieldStart("energy");
    json.writeNumberField("joules", rounded(energy.joules()));
    json.writeNumberField("low_joules", rounded(energy.lowJoules()));
    json.writeNumberField("high_joules", rounded(energy.highJoules()));
    json.writeStringField("method", lowerCase(energy.method()));
    json.writeStringField("basis", energy.basis());
    json.writeEndObject();
  }

  private static void writePlan(JsonGenerator json, PlanSummary plan) throws IOException {
    json.writeObjectFieldStart("plan");
    json.writeStringField("target", plan.target());
    json.writeObjectFieldStart("knobs");
    for (Map.Entry<String, String> knob : plan.knobs().entrySet()) {
      json.writeStringField(knob.getKey(), knob.getValue());
    }
    json.writeEndObject();
    writeStrings(json, "reasons", plan.reasons());
    json.writeEndObject();
  }

  private static void writeOutcome(JsonGenerator json, Outcome outcome) throws IOException {
    json.writeStringField("outcome", lowerCase(outcome.ending()));
    writeStrings(json, "finish_reasons", outcome.finishReasons());
    writeOptional(json, "error", outcome.error());
  }

  private static void writeStrings(JsonGenerator json, String name, List<String> texts)
      throws IOException {
    json.writeArrayFieldStart(name);
    for (String text : texts) {
      json.writeString(text);
    }
    json.writeEndArray();
  }

  private static void writeOptional(JsonGenerator json, String name, Optional<String> text)
      throws IOException {
    json.writeStringField(name, text.orElse(null));
  }

  private static void writeMillis(JsonGenerator json, String name, Optional<Duration> time)
      throws IOException {
    if (time.isPresent()) {
      json.writeNumberField(name, millis(time.get()));
    } else {
      json.writeNullField(name);
    }
  }

  private static String lowerCase(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  /** Milliseconds to a thousandth. */
  private static double millis(Duration time) {
    return rounded(time.toNanos() / 1e6);
  }

  private static double rounded(double value) {
    return Math.round(value * 1e3) / 1e3;
  }
}
