package dev.flyball.server;

import dev.flyball.engine.EngineFactory;
import dev.flyball.engine.adapter.AdapterFile;
import dev.flyball.server.energy.EnergyMeter;
import dev.flyball.server.generate.GenerationObserver;
import dev.flyball.server.generate.Worker;
import dev.flyball.server.http.AccessPolicy;
import dev.flyball.server.http.ActiveRequests;
import dev.flyball.server.http.ApiKeys;
import dev.flyball.server.http.HttpService;
import dev.flyball.server.http.HttpTransport;
import dev.flyball.server.http.LoopbackNames;
import dev.flyball.server.http.Route;
import dev.flyball.server.http.Router;
import dev.flyball.server.llamacpp.AdapterEndpoints;
import dev.flyball.server.llamacpp.TextEndpoints;
import dev.flyball.server.metrics.ServerMetrics;
import dev.flyball.server.models.ModelCatalog;
import dev.flyball.server.models.ModelRegistry;
import dev.flyball.server.models.ModelResolver;
import dev.flyball.server.models.ModelSettings;
import dev.flyball.server.models.ProjectedModel;
import dev.flyball.server.models.ServedAdapters;
import dev.flyball.server.openai.ChatCompletionsEndpoint;
import dev.flyball.server.openai.CompletionsEndpoint;
import dev.flyball.server.openai.EmbeddingsEndpoint;
import dev.flyball.server.openai.ModelsEndpoint;
import dev.flyball.server.openai.OpenAiContext;
import dev.flyball.server.openai.RerankEndpoint;
import dev.flyball.server.plan.RequestPlanner;
import dev.flyball.server.receipt.ReceiptBook;
import dev.flyball.server.receipt.ReceiptEndpoints;
import dev.flyball.server.receipt.ReceiptLog;
import dev.flyball.server.receipt.ReceiptOffice;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/** A running server. Thread-safe. */
public final class FlyballServer implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(FlyballServer.class.getName());

  /** After the shutdown limit, how long cancelled requests may take to tell their clients. */
  private static final Duration ABORT_TIME = Duration.ofSeconds(2);

  private final ServerConfig config;
  private final ModelCatalog catalog;
  private final ModelRegistry registry;
  private final ServedAdapters adapters;
  private final ModelResolver resolver;
  private final ActiveRequests active;
  private final Worker worker = new Worker();
  private final EnergyMeter energy;
  private final IdleSweep idleSweep;
  private final AtomicBoolean loading = new AtomicBoolean();
  private final AtomicBoolean closed = new AtomicBoolean();
  private final HttpTransport transport;

  private FlyballServer(ServerConfig config, EngineFactory engines) throws IOException {
    ModelSettings models = config.models();
    InstantSource clock = InstantSource.system();
    this.config = config;
    this.catalog = new ModelCatalog(models.folder(), models.files());
    this.adapters = new ServedAdapters(clock);
    this.registry =
        new ModelRegistry(
            loading(engines),
            models.engine().withProjector(Optional.empty()),
            adapters,
            models.keepAlive(),
            models.memoryBudget(),
            clock,
            task -> Thread.ofVirtual().name("flyball-unload").start(task));
    this.resolver = new ModelResolver(catalog, registry, adapters, models.defaultModel());
    addAdapters(models.engine().adapters().files());
    this.active = new ActiveRequests(config.http().maxRequests());
    this.loading.set(models.preload());
    this.energy = EnergyMeter.ofMachine(threads(models));
    LOG.log(System.Logger.Level.INFO, "energy of requests: {0}", energy.description());
    this.transport = HttpTransport.start(config.host(), config.port(), service(clock));
    this.idleSweep = new IdleSweep(registry, energy);
  }

  /**
   * Starts a server; returns when it listens.
   *
   * @throws IllegalArgumentException where the configuration would let strangers in: an address
   *     other than loopback without an API key
   * @throws UncheckedIOException where the address cannot be listened on
   */
  public static FlyballServer start(ServerConfig config, EngineFactory engines) {
    try {
      var _ = config.models().engine().speculation().requireDraft();
      if (config.apiKeys().isEmpty() && !LoopbackNames.isLoopbackAddress(config.host())) {
        throw new IllegalArgumentException(
            "listening on "
                + config.host()
                + " lets other machines in, which needs an API key: set FLYBALL_API_KEYS, or listen"
                + " on 127.0.0.1");
      }
      FlyballServer server = new FlyballServer(config, engines);
      if (config.models().preload()) {
        Thread.ofVirtual().name("flyball-preload").start(server::preload);
      }
      return server;
    } catch (UnknownHostException e) {
      throw new UncheckedIOException("the host " + config.host() + " means no address", e);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "cannot listen on %s port %d: %s; choose another port or end the program that has it"
              .formatted(config.host(), config.port(), e.getMessage()),
          e);
    }
  }

  private EngineFactory loading(EngineFactory engines) {
    EngineFactory pinning =
        config.service().pinnedPrefix().map(prefix -> prefix.in(engines)).orElse(engines);
    Optional<Path> projector = config.models().engine().projector();
    return projector.isEmpty()
        ? pinning
        : new ProjectedModel(pinning, projector.get(), () -> resolver.defaultModel().file());
  }

  private void addAdapters(List<AdapterFile> files) {
    if (!files.isEmpty()) {
      adapters.add(resolver.defaultModel(), files);
    }
  }

  /** The port that is listened on. */
  public int port() {
    return transport.port();
  }

  /** Where the server answers, e.g. {@code http://127.0.0.1:8080}. */
  public URI uri() {
    String host = config.host().contains(":") ? "[" + config.host() + "]" : config.host();
    return URI.create("http://" + host + ":" + port());
  }

  /** Whether sockets are served by the operating system's native epoll. */
  public boolean isNativeTransport() {
    return transport.isNative();
  }

  /** The models on disk. */
  public ModelCatalog catalog() {
    return catalog;
  }

  /** The models that are loaded. */
  public ModelRegistry registry() {
    return registry;
  }

  /**
   * Stops: refuses new requests, lets running ones end within the configured limit, cancels those
   * that are left, closes connections and engines. Blocks; closing twice does no harm.
   */
  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    active.refuseNew();
    if (!active.awaitNone(config.shutdownLimit())) {
      LOG.log(
          System.Logger.Level.WARNING,
          "{0} requests did not end within {1} s and are cancelled",
          Integer.toString(active.size()),
          Long.toString(config.shutdownLimit().toSeconds()));
      active.abortAll();
      active.awaitNone(ABORT_TIME);
    }
    try {
      transport.close();
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "closing the transport failed", e);
    } finally {
      idleSweep.close();
      worker.close();
      registry.close();
    }
  }

  private HttpService service(InstantSource clock) {
    ServerMetrics metrics = new ServerMetrics(registry);
    return new HttpService(
        new Router(routes(metrics, clock)),
        new AccessPolicy(new ApiKeys(config.apiKeys(), config.adminKey()), config.corsOrigins()),
        config.http(),
        active,
        metrics,
        config.accessLog());
  }

  private List<Route> routes(ServerMetrics metrics, InstantSource clock) {
    ReceiptBook book = new ReceiptBook(config.service().receipts());
    OpenAiContext openAi = openAi(metrics, book, clock);
    RerankEndpoint rerank = new RerankEndpoint(openAi);
    ModelsEndpoint models = new ModelsEndpoint(catalog, registry, adapters, worker);
    TextEndpoints text = new TextEndpoints(resolver, worker);
    AdapterEndpoints lora = new AdapterEndpoints(adapters, catalog, resolver, registry, worker);
    StatusEndpoints status = new StatusEndpoints(active, loading::get, metrics, worker);
    ReceiptEndpoints receipts = new ReceiptEndpoints(book);
    return List.of(
        Route.post("/v1/chat/completions", new ChatCompletionsEndpoint(openAi))
            .withIdPrefix("chatcmpl-"),
        Route.post("/v1/completions", new CompletionsEndpoint(openAi)).withIdPrefix("cmpl-"),
        Route.post("/v1/embeddings", new EmbeddingsEndpoint(openAi)),
        Route.post("/v1/rerank", rerank),
        Route.post("/v2/rerank", rerank),
        Route.post("/rerank", rerank),
        Route.post("/v1/reranking", rerank),
        Route.post("/reranking", rerank),
        Route.get("/v1/models", models),
        Route.get("/v1/models/*", models),
        Route.get("/lora-adapters", lora::list).forAdmins(),
        Route.post("/lora-adapters", lora::setUsual).forAdmins(),
        Route.post("/v1/load_lora_adapter", lora::load).forAdmins(),
        Route.post("/v1/unload_lora_adapter", lora::unload).forAdmins(),
        Route.post("/tokenize", text::tokenize),
        Route.post("/detokenize", text::detokenize),
        Route.post("/apply-template", text::applyTemplate),
        Route.get("/admin/requests", receipts::list).forAdmins(),
        Route.get("/admin/requests/*", receipts::find).forAdmins(),
        Route.openGet("/health", status::health),
        Route.get("/metrics", status::metrics));
  }

  private OpenAiContext openAi(ServerMetrics metrics, ReceiptBook book, InstantSource clock) {
    RequestPlanner planner = new RequestPlanner(config.models().engine());
    ReceiptLog log =
        new ReceiptLog(config.accessLog() ? System.Logger.Level.INFO : System.Logger.Level.DEBUG);
    return new OpenAiContext(
        resolver,
        adapters,
        planner,
        new ReceiptOffice(energy, clock, List.of(book, log, metrics)),
        config.service().latency(),
        config.service().isolation(),
        worker,
        config.requests(),
        GenerationObserver.all(List.of(metrics, planner)),
        clock);
  }

  /** Threads that an engine computes with. */
  private static int threads(ModelSettings models) {
    int threads = models.engine().threads();
    return threads > 0 ? threads : Runtime.getRuntime().availableProcessors();
  }

  private void preload() {
    try {
      resolver.lease(Optional.empty(), Optional.empty()).close();
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.ERROR, "the default model could not be loaded", e);
    } finally {
      loading.set(false);
    }
  }
}
