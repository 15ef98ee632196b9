package dev.flyball.engine.template;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Locale;

/**
 * Digits of numbers in the presentation types of Python's formats, without sign and padding. Rounds
 * half to even on the exact value.
 *
 * @param type one of {@code b c d e E f F g G n o x X %}, or a blank for the default
 * @param precision digits after the point, for {@code g} digits in all; -1 for the default
 * @param alternate whether radix prefixes are written, and points without digits after them
 */
record NumberLayout(char type, int precision, boolean alternate) {
  private static final int MAX_PRECISION = 1000;

  NumberLayout {
    if (precision > MAX_PRECISION) {
      throw Failure.render("a format's precision goes beyond the limit of " + MAX_PRECISION);
    }
  }

  boolean isForIntegers() {
    return " bcdnoxX".indexOf(type) >= 0;
  }

  String integer(BigInteger magnitude) {
    return switch (type) {
      case 'b' -> (alternate ? "0b" : "") + magnitude.toString(2);
      case 'o' -> (alternate ? "0o" : "") + magnitude.toString(8);
      case 'x' -> (alternate ? "0x" : "") + magnitude.toString(16);
      case 'X' -> (alternate ? "0X" : "") + magnitude.toString(16).toUpperCase(Locale.ROOT);
      case 'c' -> character(magnitude);
      default -> magnitude.toString();
    };
  }

  private static String character(BigInteger code) {
    if (code.bitLength() > 21 || !Character.isValidCodePoint(code.intValue())) {
      throw Failure.render("there is no character with the code " + code);
    }
    return Character.toString(code.intValue());
  }

  String real(double magnitude) {
    if (Double.isNaN(magnitude) || Double.isInfinite(magnitude)) {
      String text = Double.isNaN(magnitude) ? "nan" : "inf";
      return Character.isUpperCase(type) ? text.toUpperCase(Locale.ROOT) : text;
    }
    int digits = precision < 0 ? 6 : precision;
    BigDecimal exact = new BigDecimal(magnitude);
    return switch (type) {
      case 'f', 'F' -> fixed(exact, digits);
      case '%' -> fixed(exact.movePointRight(2), digits) + "%";
      case 'e' -> exponential(exact, digits);
      case 'E' -> exponential(exact, digits).toUpperCase(Locale.ROOT);
      case 'g', 'n' -> general(exact, Math.max(digits, 1), false);
      case 'G' -> general(exact, Math.max(digits, 1), false).toUpperCase(Locale.ROOT);
      default ->
          precision < 0 ? Numbers.repr(magnitude) : general(exact, Math.max(digits, 1), true);
    };
  }

  private String fixed(BigDecimal number, int digits) {
    String text = number.setScale(digits, RoundingMode.HALF_EVEN).toPlainString();
    return digits == 0 && alternate ? text + "." : text;
  }

  private String exponential(BigDecimal number, int digits) {
    BigDecimal rounded = number.round(new MathContext(digits + 1, RoundingMode.HALF_EVEN));
    int exponent = exponent(rounded);
    String mantissa = fixed(rounded.movePointLeft(exponent), digits);
    return "%se%s%02d".formatted(mantissa, exponent < 0 ? "-" : "+", Math.abs(exponent));
  }

  private static int exponent(BigDecimal number) {
    return number.signum() == 0 ? 0 : number.precision() - number.scale() - 1;
  }

  /** Fixed or exponential, whichever is shorter; {@code asFloat} keeps a digit after the point. */
  private String general(BigDecimal number, int digits, boolean asFloat) {
    BigDecimal rounded = number.round(new MathContext(digits, RoundingMode.HALF_EVEN));
    int exponent = exponent(rounded);
    if (exponent >= -4 && exponent < (asFloat ? Math.max(digits - 1, 1) : digits)) {
      String text = withoutTrailingZeros(fixed(rounded, digits - 1 - exponent));
      return asFloat && text.indexOf('.') < 0 ? text + ".0" : text;
    }
    String text = exponential(rounded, digits - 1);
    int e = text.indexOf('e');
    return withoutTrailingZeros(text.substring(0, e)) + text.substring(e);
  }

  private String withoutTrailingZeros(String text) {
    if (alternate || text.indexOf('.') < 0) {
      return text;
    }
    String stripped = PythonText.strip(text, false, true, c -> c == '0');
    return stripped.endsWith(".") ? stripped.substring(0, stripped.length() - 1) : stripped;
  }
}
