package dev.flyball.server.http;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Locale;
import java.util.regex.Pattern;

/** Which names mean this machine. */
public final class LoopbackNames {
  private static final Pattern IPV4 = Pattern.compile("127\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}");

  private LoopbackNames() {}

  /**
   * Whether a host, with or without a port as in a {@code Host} header, is this machine by its very
   * name; nothing is looked up, so that no foreign name server has a say.
   */
  static boolean isLoopbackHost(String host) {
    String name = withoutPort(host.toLowerCase(Locale.ROOT));
    return name.equals("localhost")
        || name.endsWith(".localhost")
        || name.equals("[::1]")
        || IPV4.matcher(name).matches();
  }

  /**
   * Whether listening on an address lets in only this machine.
   *
   * @throws UnknownHostException where the name means no address
   */
  public static boolean isLoopbackAddress(String host) throws UnknownHostException {
    return Arrays.stream(InetAddress.getAllByName(host)).allMatch(InetAddress::isLoopbackAddress);
  }

  private static String withoutPort(String host) {
    int end = host.startsWith("[") ? host.indexOf(']') + 1 : host.indexOf(':');
    return end <= 0 ? host : host.substring(0, end);
  }
}
