package dev.flyball.server.support;

import dev.flyball.engine.EngineOptions;
import dev.flyball.engine.LocalEngines;
import dev.flyball.server.FlyballServer;
import dev.flyball.server.ServerConfig;
import dev.flyball.server.ServiceSettings;
import dev.flyball.server.models.ModelSettings;
import java.nio.file.Path;
import java.util.function.UnaryOperator;

/** A server with the real engine and the demo model that comes with the sources. */
public final class DemoServer {
  public static final String MODEL = "fable-5m-q8_0";

  private DemoServer() {}

  /** Starts one on a free port. */
  public static FlyballServer start() {
    return start(UnaryOperator.identity());
  }

  /** Likewise, with other settings of its service. */
  public static FlyballServer start(UnaryOperator<ServiceSettings> service) {
    Path models = Path.of(System.getProperty("flyball.root"), "models");
    return FlyballServer.start(
        ServerConfig.defaults()
            .withPort(0)
            .withService(service.apply(ServiceSettings.DEFAULT))
            .withModels(
                ModelSettings.ofFolder(models)
                    .withDefaultModel(MODEL)
                    .withEngine(new EngineOptions(0, 8, 64, 2))),
        new LocalEngines());
  }
}
