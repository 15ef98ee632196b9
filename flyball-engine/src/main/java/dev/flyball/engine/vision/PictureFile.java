package dev.flyball.engine.vision;

import dev.flyball.engine.EngineError;
import dev.flyball.engine.EngineException;
import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Iterator;
import java.util.Locale;
import java.util.Set;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * Decodes the files of pictures: PNG, JPEG, GIF (its first frame) and BMP. What is transparent is
 * taken as its colour says, and a camera's note of how it was held is not followed: the models' own
 * tools do neither.
 */
final class PictureFile {
  private static final Set<String> FORMATS = Set.of("png", "jpeg", "gif", "bmp");

  private PictureFile() {}

  /**
   * Decodes a file.
   *
   * @throws EngineException INVALID_INPUT where it is too large, none of the formats, or damaged
   */
  static Picture decode(byte[] file, ImageLimits limits) {
    if (file.length > limits.fileBytes()) {
      throw invalid(
          "has %d bytes; at most %d are allowed".formatted(file.length, limits.fileBytes()));
    }
    try (ImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(file))) {
      ImageReader reader = reader(in);
      try {
        reader.setInput(in, true, true);
        checkSize(reader, limits);
        return picture(reader.read(0));
      } finally {
        reader.dispose();
      }
    } catch (IOException | RuntimeException e) {
      if (e instanceof EngineException known) {
        throw known;
      }
      // The decoders of the JDK report damage in many ways.
      throw new EngineException(
          EngineError.INVALID_INPUT, "the image cannot be decoded: " + e.getMessage(), e);
    }
  }

  private static ImageReader reader(ImageInputStream in) throws IOException {
    Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
    while (readers.hasNext()) {
      ImageReader reader = readers.next();
      if (FORMATS.contains(reader.getFormatName().toLowerCase(Locale.ROOT))) {
        return reader;
      }
      reader.dispose();
    }
    throw invalid("is no PNG, JPEG, GIF or BMP file");
  }

  private static void checkSize(ImageReader reader, ImageLimits limits) throws IOException {
    long width = reader.getWidth(0);
    long height = reader.getHeight(0);
    if (width < 1 || height < 1) {
      throw invalid("says that it has %d x %d pixels".formatted(width, height));
    }
    if (width * height > limits.pixels()) {
      throw invalid(
          "has %d x %d pixels; at most %d in all are allowed"
              .formatted(width, height, limits.pixels()));
    }
  }

  private static Picture picture(BufferedImage image) {
    int width = image.getWidth();
    int height = image.getHeight();
    byte[] rgb = new byte[Math.multiplyExact(Picture.CHANNELS * width, height)];
    if (isGrey(image)) {
      copyGrey(image, rgb);
    } else {
      copyColours(image, rgb);
    }
    return new Picture(width, height, rgb);
  }

  private static boolean isGrey(BufferedImage image) {
    return image.getColorModel() instanceof ComponentColorModel
        && image.getRaster().getNumBands() <= 2;
  }

  /** Java takes grey values for linear light and would brighten them; files do not mean that. */
  private static void copyGrey(BufferedImage image, byte[] rgb) {
    Raster raster = image.getRaster();
    int shift = Math.max(0, raster.getSampleModel().getSampleSize(0) - Byte.SIZE);
    int[] line = new int[image.getWidth()];
    int to = 0;
    for (int y = 0; y < image.getHeight(); y++) {
      raster.getSamples(raster.getMinX(), raster.getMinY() + y, line.length, 1, 0, line);
      for (int value : line) {
        for (int channel = 0; channel < Picture.CHANNELS; channel++) {
          rgb[to++] = (byte) (value >> shift);
        }
      }
    }
  }

  private static void copyColours(BufferedImage image, byte[] rgb) {
    int[] line = new int[image.getWidth()];
    int to = 0;
    for (int y = 0; y < image.getHeight(); y++) {
      image.getRGB(0, y, line.length, 1, line, 0, line.length);
      for (int argb : line) {
        rgb[to++] = (byte) (argb >> 16);
        rgb[to++] = (byte) (argb >> 8);
        rgb[to++] = (byte) argb;
      }
    }
  }

  private static EngineException invalid(String problem) {
    return new EngineException(EngineError.INVALID_INPUT, "the image " + problem);
  }
}
