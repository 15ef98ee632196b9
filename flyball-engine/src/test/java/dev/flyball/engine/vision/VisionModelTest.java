package dev.flyball.engine.vision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flyball.engine.EngineException;
import dev.flyball.engine.model.ModelOptions;
import dev.flyball.engine.model.ModelOptions.Precision;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The encoder against what llama.cpp's makes of the same pictures and weights. */
final class VisionModelTest {
  /** ggml multiplies F16 weights with rounded activations: that is what is left. */
  private static final double TOLERANCE = 0.002;

  @ParameterizedTest
  @CsvSource({"wide, EXACT", "wide, FAST", "tall, EXACT", "tall, FAST"})
  void vectorsAgreeWithTheReference(String picture, Precision precision) {
    Path projector = resource("mmproj-tiny.gguf");
    try (VisionModel model =
        VisionModel.load(
            projector,
            "gemma3",
            TinyVisionFiles.TEXT_COLUMNS,
            new ModelOptions(2, 64, precision))) {
      float[] vectors =
          model.encode(PictureFile.decode(bytes(picture + ".png"), ImageLimits.DEFAULT));
      float[] reference = floats(picture + ".vectors.f32");
      double worst = 0;
      for (int i = 0; i < reference.length; i++) {
        worst = Math.max(worst, Math.abs(vectors[i] - reference[i]));
      }
      assertThat(vectors).hasSameSizeAs(reference);
      assertThat(worst).isLessThan(TOLERANCE);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "gemma3 | 40 | makes vectors of 48 values, but the model's have 40",
        "llama  | 48 | is for models of architecture \"gemma3\", but the model's is \"llama\""
      })
  void aProjectorOfAnotherModelIsRefused(String architecture, int columns, String message) {
    Path projector = resource("mmproj-tiny.gguf");
    assertThatThrownBy(
            () -> VisionModel.load(projector, architecture, columns, ModelOptions.threads(1)))
        .isInstanceOf(EngineException.class)
        .hasMessageContaining(message);
  }

  static Path resource(String name) {
    try {
      return Path.of(VisionModelTest.class.getResource(name).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  static byte[] bytes(String name) {
    try {
      return Files.readAllBytes(resource(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static float[] floats(String name) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes(name)).order(ByteOrder.LITTLE_ENDIAN);
    float[] values = new float[buffer.remaining() / Float.BYTES];
    buffer.asFloatBuffer().get(values);
    return values;
  }
}
