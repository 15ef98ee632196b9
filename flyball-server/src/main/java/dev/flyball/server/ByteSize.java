package dev.flyball.server;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sizes as people write them: {@code 8G}, {@code 512MiB}, {@code 1000000}. */
public final class ByteSize {
  private static final Pattern FORM = Pattern.compile("(\\d{1,15})\\s*(?:([KMGT])(?:I?B)?)?");

  private ByteSize() {}

  /**
   * The size in bytes; units are powers of 1024.
   *
   * @throws IllegalArgumentException where the text is no size
   */
  public static long parse(String text) {
    Matcher form = FORM.matcher(text.strip().toUpperCase(Locale.ROOT));
    if (!form.matches()) {
      throw new IllegalArgumentException("a size is a number of bytes or like 512M or 8G");
    }
    String unit = form.group(2);
    int power = unit == null ? 0 : "KMGT".indexOf(unit) + 1;
    try {
      return Math.multiplyExact(Long.parseLong(form.group(1)), 1L << (10 * power));
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException("the size is too large", e);
    }
  }
}
