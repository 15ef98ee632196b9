package dev.flyball.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flyball.server.support.RawClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * Where a whole machine, or only the event loop, stood still for longer than a connection may be
 * idle, requests that came meanwhile are answered.
 */
final class StandstillTest {
  private static final String GET = "GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n";

  @Test
  void aRequestThatCameWhileTheServerStoodStillIsAnswered() throws Exception {
    CountDownLatch standing = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    Route quick = Route.get("/quick", exchange -> answer(exchange, "quick"));
    Route stop =
        Route.get(
            "/stop",
            exchange -> {
              standing.countDown();
              await(goOn);
              answer(exchange, "stood still");
            });
    try (HttpTransport server = start(List.of(quick, stop));
        RawClient idle = new RawClient(server.port());
        RawClient stopper = new RawClient(server.port())) {
      idle.send(GET.formatted("/quick"));
      assertThat(idle.readUntil("quick")).startsWith("HTTP/1.1 200 ");
      stopper.send(GET.formatted("/stop"));
      await(standing);
      Thread.sleep(Duration.ofMillis(1500));
      idle.send(GET.formatted("/quick"));
      goOn.countDown();
      assertThat(idle.readUntil("quick")).startsWith("HTTP/1.1 200 ");
      assertThat(stopper.readUntil("stood still")).startsWith("HTTP/1.1 200 ");
      assertThat(idle.readToEnd()).as("closed once it is idle again").isEmpty();
    }
  }

  private static HttpTransport start(List<Route> routes) throws IOException {
    HttpLimits usual = HttpLimits.DEFAULT;
    HttpLimits limits =
        new HttpLimits(
            usual.maxBodyBytes(),
            usual.maxHeaderBytes(),
            usual.maxUriBytes(),
            usual.maxConnections(),
            usual.maxRequests(),
            Duration.ofMillis(600),
            usual.bodyTimeout(),
            usual.writeTimeout(),
            usual.streamKeepAlive(),
            usual.maxUnsentBytes());
    return HttpTransport.start(
        "127.0.0.1",
        0,
        new HttpService(
            new Router(routes),
            new AccessPolicy(new ApiKeys(List.of(), Optional.empty()), List.of()),
            limits,
            new ActiveRequests(8),
            (route, method, status, duration) -> {},
            false));
  }

  private static void answer(Exchange exchange, String text) {
    exchange.send(200, "text/plain", text.getBytes(StandardCharsets.UTF_8));
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
