package dev.flyball.engine.synth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ModelShapeTest {
  private static final String LIST =
      "layers=4,dim=512,ffn=1024,heads=8,kv-heads=2,vocab=1000,context=4096";

  @Test
  void everyNameParsesToItsShape() {
    for (ModelShape shape : ModelShape.named()) {
      assertThat(ModelShape.parse(shape.name())).isEqualTo(shape);
    }
    assertThat(ModelShape.parse(" Llama-3.2-1B ").layers()).isEqualTo(16);
  }

  @Test
  void listsParse() {
    ModelShape shape = ModelShape.parse(LIST);

    assertThat(shape.layers()).isEqualTo(4);
    assertThat(shape.embeddingLength()).isEqualTo(512);
    assertThat(shape.feedForwardLength()).isEqualTo(1024);
    assertThat(shape.heads()).isEqualTo(8);
    assertThat(shape.keyValueHeads()).isEqualTo(2);
    assertThat(shape.headLength()).isEqualTo(64);
    assertThat(shape.vocabulary()).isEqualTo(1000);
    assertThat(shape.contextLength()).isEqualTo(4096);
    assertThat(shape.experts()).isZero();
    assertThat(shape.tiedOutput()).isFalse();
  }

  @Test
  void optionalPartsParse() {
    ModelShape shape = ModelShape.parse(LIST + ", head-dim=32, experts=8, experts-used=3, tied");

    assertThat(shape.headLength()).isEqualTo(32);
    assertThat(shape.experts()).isEqualTo(8);
    assertThat(shape.expertsUsed()).isEqualTo(3);
    assertThat(shape.tiedOutput()).isTrue();
  }

  /** What replaces a part of a right list, and what the message says then. */
  static Stream<Arguments> wrongShapes() {
    return Stream.of(
        Arguments.of(LIST, "llama-9", "neither a named shape (tiny, 160m, llama-3.2-1b"),
        Arguments.of(LIST, "", "'' is neither"),
        Arguments.of("layers=4", "depth=4", "'depth=4' is neither"),
        Arguments.of("dim=512,", "", "lacks dim="),
        Arguments.of("layers=4", "layers=four", "'four' is no whole number"),
        Arguments.of("layers=4", "layers=99999999999", "'99999999999' is no whole number"),
        Arguments.of("dim=512", "layers=4", "'layers' is given twice"),
        Arguments.of("layers=4", "layers=0", "layers=0 is not between 1 and 1024"),
        Arguments.of("heads=8,", "heads=7,", "dim=512 is no multiple of heads=7"),
        Arguments.of("kv-heads=2", "kv-heads=3", "heads=8 is no multiple of kv-heads=3"),
        Arguments.of("kv-heads=2", "kv-heads=16", "kv-heads=16 is not between 1 and 8"),
        Arguments.of("vocab=1000", "vocab=100", "vocab=100 is not between 512 and"),
        Arguments.of("context", "head-dim=33,context", "head-dim=33 is odd"),
        Arguments.of("context", "experts=4,experts-used=5,context", "experts-used=5"));
  }

  @ParameterizedTest
  @MethodSource("wrongShapes")
  void wrongShapesAreRefusedWithTheReason(String part, String replacement, String reason) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ModelShape.parse(LIST.replace(part, replacement)))
        .withMessageContaining(reason);
  }
}
