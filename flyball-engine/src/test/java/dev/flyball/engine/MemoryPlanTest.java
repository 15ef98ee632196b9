package dev.flyball.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flyball.engine.cache.KvShape;
import dev.flyball.engine.cache.KvStorage;
import dev.flyball.engine.model.ExpertOutline;
import dev.flyball.engine.model.ModelConfig;
import dev.flyball.engine.model.ModelOutline;
import dev.flyball.engine.model.Pooling;
import dev.flyball.engine.speculate.Speculator;
import dev.flyball.engine.weights.ExpertOptions;
import java.util.List;
import org.junit.jupiter.api.Test;

class MemoryPlanTest {
  private static final long MIB = 1 << 20;

  /** A token takes 1 KiB of cache, a step 1 MiB and 44 B for each of 1024 tokens. */
  private static final ModelOutline OUTLINE =
      new ModelOutline(
          new ModelConfig("llama", 1024, 8, 1, 16_384, Pooling.NONE),
          new KvShape(1, 2, 64, 64, KvStorage.HEAP_F32),
          4096);

  /** Of 100 MiB, 80 are experts, of which a step needs at least 4. */
  private static final ModelOutline WITH_EXPERTS =
      new ModelOutline(
          OUTLINE.config(),
          OUTLINE.cacheShape(),
          OUTLINE.scratchBytesPerToken(),
          new ExpertOutline(80 * MIB, MIB, 2));

  private static final long SCRATCH = MIB + 1024 * (4 * (8 + Speculator.MAX_GUESSES) + 16);

  @Test
  void everySequenceGetsItsWholeContextWherePlentyIsFree() {
    MemoryPlan plan = fitting(EngineOptions.DEFAULT, 10_000, 10_000);
    assertThat(plan.contextLength()).isEqualTo(EngineOptions.DEFAULT_CONTEXT_LIMIT);
    assertThat(plan.cacheTokens()).isEqualTo(8 * 8192);
    assertThat(plan.need()).isEqualTo(new MemoryEstimate(100 * MIB, 64 * MIB, SCRATCH));
  }

  @Test
  void theCacheTakesHalfOfWhatIsFree() {
    assertThat(fitting(EngineOptions.DEFAULT, 141, 10_000).cacheTokens())
        .isBetween(19_900L, 20_480L);
    assertThat(fitting(EngineOptions.DEFAULT, 10_000, 41).cacheTokens())
        .isBetween(19_900L, 20_480L);
  }

  @Test
  void oneWholeContextIsTheLeast() {
    assertThat(fitting(EngineOptions.DEFAULT, 110, 10_000).cacheTokens()).isEqualTo(8192);
    assertThatThrownBy(() -> fitting(EngineOptions.DEFAULT, 108, 10_000))
        .isInstanceOfSatisfying(
            EngineException.class, e -> assertThat(e.error()).isEqualTo(EngineError.OUT_OF_MEMORY))
        .hasMessageContainingAll(
            "100.0 MiB for weights",
            "8.0 MiB for keys and values of one context of 8192 tokens",
            "108.0 MiB of memory are free",
            "choose a shorter context");
    assertThatThrownBy(() -> fitting(EngineOptions.DEFAULT, 10_000, 9))
        .hasMessageContainingAll("the Java heap has 9.0 MiB left", "-Xmx");
  }

  @Test
  void aContextIsNeverLongerThanTheModelWasTrainedWith() {
    assertThat(fitting(new EngineOptions(100, 1, 0, 0), 1000, 1000).contextLength()).isEqualTo(100);
    assertThat(fitting(new EngineOptions(99_999, 1, 0, 0), 1000, 1000).contextLength())
        .isEqualTo(16_384);
  }

  @Test
  void expertsGetWhatIsLeftWhereTheModelIsLargerThanMemory() {
    EngineOptions auto = EngineOptions.DEFAULT;
    assertThat(withExperts(auto, 1000).expertBytes()).isZero();
    MemoryPlan plan = withExperts(auto, 60);
    assertThat(plan.expertBytes()).isBetween(20 * MIB, 32 * MIB);
    assertThat(plan.cacheTokens()).isBetween(8192L, 12_000L);
    assertThat(plan.need().weights()).isEqualTo(20 * MIB + plan.expertBytes());
    assertThat(plan.need().total()).isLessThan(60 * MIB);
    EngineOptions onDisk = auto.withExperts(ExpertOptions.parse("disk"));
    assertThat(withExperts(onDisk, 10_000).expertBytes()).isEqualTo(80 * MIB);
    EngineOptions bounded = auto.withExperts(ExpertOptions.parse("disk:30"));
    assertThat(withExperts(bounded, 10_000).expertBytes()).isEqualTo(30 * MIB);
    assertThat(withExperts(bounded, 45).expertBytes()).isBetween(4 * MIB, 16 * MIB);
    assertThatThrownBy(() -> withExperts(auto, 30)).hasMessageContaining("24.0 MiB for weights");
    EngineOptions inMemory = auto.withExperts(ExpertOptions.parse("memory"));
    assertThatThrownBy(() -> withExperts(inMemory, 60)).hasMessageContaining("100.0 MiB");
  }

  @Test
  void whatCanStayOnDiskIsSaidWithTheEstimate() {
    MemoryPlan auto = MemoryPlan.full(WITH_EXPERTS, 100 * MIB, EngineOptions.DEFAULT);
    assertThat(auto.need().weights()).isEqualTo(100 * MIB);
    assertThat(auto.need().least()).isEqualTo(24 * MIB + auto.need().scratch());
    MemoryPlan bounded =
        MemoryPlan.full(
            WITH_EXPERTS,
            100 * MIB,
            EngineOptions.DEFAULT.withExperts(ExpertOptions.parse("disk:30")));
    assertThat(bounded.need().weights()).isEqualTo(50 * MIB);
    assertThat(bounded.need().least()).isEqualTo(24 * MIB + auto.need().scratch());
    MemoryPlan inMemory =
        MemoryPlan.full(
            WITH_EXPERTS,
            100 * MIB,
            EngineOptions.DEFAULT.withExperts(ExpertOptions.parse("memory")));
    assertThat(inMemory.need().least()).isEqualTo(100 * MIB + auto.need().scratch());
  }

  @Test
  void otherPlacesOfExpertsAreRefused() {
    for (String text : List.of("", "Disk", "disk:", "disk:0", "disk:1.5", "disk:-3", "nowhere")) {
      assertThatThrownBy(() -> ExpertOptions.parse(text)).hasMessageContaining("disk:4096");
    }
  }

  private static MemoryPlan withExperts(EngineOptions options, long machineMib) {
    return MemoryPlan.fitting(
        WITH_EXPERTS, 100 * MIB, options, new FreeMemory(machineMib * MIB, 10_000 * MIB));
  }

  @Test
  void aStepOfAModelThatSeesWholeTextsHasRoomForOne() {
    ModelOutline encoder =
        new ModelOutline(
            new ModelConfig("bert", 1024, 8, 1, 16_384, Pooling.MEAN, true),
            OUTLINE.cacheShape(),
            OUTLINE.scratchBytesPerToken());
    MemoryPlan plan = MemoryPlan.full(encoder, 0, EngineOptions.DEFAULT);
    assertThat(plan.contextLength()).isEqualTo(MemoryPlan.WHOLE_TEXT_LIMIT);
    assertThat(plan.batchTokens()).isEqualTo(plan.contextLength());
    assertThat(plan.need().scratch()).isGreaterThan(2048L * 4096);
    EngineOptions longer = new EngineOptions(10_000, 1, 0, 0);
    assertThat(MemoryPlan.full(encoder, 0, longer).contextLength())
        .isEqualTo(MemoryPlan.LONGEST_WHOLE_TEXT);
    EngineOptions shorter = new EngineOptions(16, 1, 0, 0);
    assertThat(MemoryPlan.full(encoder, 0, shorter).batchTokens())
        .isEqualTo(MemoryPlan.MAX_BATCH_TOKENS);
  }

  private static MemoryPlan fitting(EngineOptions options, long machineMib, long heapMib) {
    return MemoryPlan.fitting(
        OUTLINE, 100 * MIB, options, new FreeMemory(machineMib * MIB, heapMib * MIB));
  }
}
