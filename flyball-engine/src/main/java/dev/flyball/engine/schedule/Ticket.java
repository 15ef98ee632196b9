package dev.flyball.engine.schedule;

/** A sequence in the hands of {@link AdaptiveScheduler}. */
final class Ticket<S extends ScheduledSequence> {
  final S sequence;

  /** In the order of arrival. */
  final long number;

  final TenantShares.Tenant tenant;
  final ServiceNotes notes = new ServiceNotes();

  /** Whether it has memory. */
  boolean holding;

  /** Whether a step computed some of it since it last had no memory. */
  boolean started;

  /** Whether its prompt has left the line. */
  boolean decoding;

  /** Whether the step that is being composed has tokens of it. */
  boolean inStep;

  /** Whether it ever decoded: somebody is reading what it writes. */
  boolean hasOutput;

  /** See {@link PromptOrder}. */
  boolean overServed;

  /** See {@link PromptOrder}; 0 is the most urgent. */
  int urgency;

  /** See {@link PromptOrder}. */
  long startByNanos;

  /** See {@link PromptOrder#patienceNanos}; of one that decodes what it was at last in line. */
  long patienceNanos;

  /** How long the rest of its prompt takes to compute alone. */
  double promptNanos;

  Ticket(S sequence, long number, TenantShares.Tenant tenant) {
    this.sequence = sequence;
    this.number = number;
    this.tenant = tenant;
  }

  /** Who keeps memory when there is too little: the more urgent, then the older. */
  boolean outranks(Ticket<S> other) {
    return urgency == other.urgency ? number < other.number : urgency < other.urgency;
  }
}
