package dev.flyball.engine.vision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flyball.engine.EngineError;
import dev.flyball.engine.EngineException;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

/** Pictures of all kinds, sound, too large and damaged. */
final class PictureFileTest {
  private static byte[] file(BufferedImage image, String format) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      assertThat(ImageIO.write(image, format, bytes)).isTrue();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  @Test
  void coloursAndGreysAreTheFilesOwnAndWhatIsTransparentKeepsItsColour() {
    BufferedImage colours = new BufferedImage(5, 3, BufferedImage.TYPE_INT_ARGB);
    colours.setRGB(4, 2, 0x40_0A_C8_64);
    BufferedImage greys = new BufferedImage(5, 3, BufferedImage.TYPE_BYTE_GRAY);
    greys.getRaster().setSample(1, 2, 0, 77);
    Picture colour = PictureFile.decode(file(colours, "png"), ImageLimits.DEFAULT);
    assertThat(colour.value(4, 2, 0)).isEqualTo(0x0A);
    assertThat(colour.value(4, 2, 1)).isEqualTo(0xC8);
    assertThat(colour.value(4, 2, 2)).isEqualTo(0x64);
    Picture grey = PictureFile.decode(file(greys, "png"), ImageLimits.DEFAULT);
    assertThat(grey.width()).isEqualTo(5);
    assertThat(grey.height()).isEqualTo(3);
    for (int channel = 0; channel < Picture.CHANNELS; channel++) {
      assertThat(grey.value(1, 2, channel)).isEqualTo(77);
      assertThat(grey.value(2, 2, channel)).isZero();
    }
  }

  @Test
  void whatIsTooLargeIsRefusedByItsHeader() {
    byte[] file = file(new BufferedImage(20, 10, BufferedImage.TYPE_INT_RGB), "png");
    assertThatThrownBy(() -> PictureFile.decode(file, new ImageLimits(file.length - 1, 1000)))
        .hasMessageContaining("bytes; at most");
    assertThatThrownBy(() -> PictureFile.decode(file, new ImageLimits(file.length, 199)))
        .hasMessageContaining("20 x 10 pixels; at most 199");
    ByteBuffer header = ByteBuffer.wrap(file);
    header.putInt(16, 60_000).putInt(20, 60_000);
    CRC32 crc = new CRC32();
    crc.update(file, 12, 17);
    header.putInt(29, (int) crc.getValue());
    assertThatThrownBy(() -> PictureFile.decode(file, ImageLimits.DEFAULT))
        .isInstanceOf(EngineException.class)
        .hasMessageContaining("60000 x 60000 pixels");
  }

  /** Each damaged file is read or refused as input, whatever the decoders of the JDK throw. */
  @Test
  void damagedFilesAreReadOrRefused() {
    long seed = System.nanoTime();
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    BufferedImage image = new BufferedImage(24, 17, BufferedImage.TYPE_INT_RGB);
    image.setRGB(3, 4, 0xFFEEDD);
    String[] formats = {"png", "jpeg", "gif", "bmp"};
    int refused = 0;
    for (int i = 0; i < 2000; i++) {
      byte[] file = file(image, formats[i % formats.length]);
      int changes = 1 + random.nextInt(4);
      for (int k = 0; k < changes; k++) {
        file[random.nextInt(random.nextBoolean() ? 48 : file.length)] = (byte) random.nextInt(256);
      }
      byte[] given =
          random.nextInt(3) == 0 ? Arrays.copyOf(file, random.nextInt(file.length)) : file;
      try {
        Picture picture = PictureFile.decode(given, new ImageLimits(1 << 20, 1 << 16));
        assertThat(picture.width() * picture.height()).isLessThanOrEqualTo(1 << 16);
      } catch (EngineException e) {
        assertThat(e.error()).isEqualTo(EngineError.INVALID_INPUT);
        assertThat(e.getMessage()).startsWith("the image ");
        refused++;
      }
    }
    assertThat(refused).isGreaterThan(100);
  }
}
