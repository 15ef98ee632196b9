package dev.flyball.units;

import java.time.Instant;
import java.util.Optional;

/**
 * What really happened to one request. Holds no content: neither prompt nor answer.
 *
 * @param id the request's, the same as the answer's
 * @param clientId what the client called it
 * @param run the agent's task that it belongs to
 * @param model the model's name; nothing where the request ended before one was found
 * @param terms for whom it was, and how urgent
 * @param tokens tokens used, each prompt counted once however many choices it has
 * @param times where its time went
 * @param work what was computed for it
 * @param images what its images took before that
 * @param energy what that took; nothing where nothing was computed, or it is not known how much
 * @param plan what was decided; nothing where the request ended before
 * @param outcome how it ended
 * @param arrivedAt when its head arrived
 * @param endedAt when its answer was complete, or it ended otherwise
 */
public record Receipt(
    String id,
    Optional<String> clientId,
    Optional<String> run,
    Optional<String> model,
    ServiceTerms terms,
    TokenClasses tokens,
    PhaseTimes times,
    StepWork work,
    ImageWork images,
    Optional<Energy> energy,
    Optional<PlanSummary> plan,
    Outcome outcome,
    Instant arrivedAt,
    Instant endedAt) {

  public Receipt {
    if (id.isBlank()) {
      throw new IllegalArgumentException("a receipt must have an id");
    }
    if (outcome.ending() == Outcome.Ending.COMPLETED && (model.isEmpty() || plan.isEmpty())) {
      throw new IllegalArgumentException("what was completed had a model and a plan");
    }
  }
}
