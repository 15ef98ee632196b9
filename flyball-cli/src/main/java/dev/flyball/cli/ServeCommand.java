package dev.flyball.cli;

import dev.flyball.cli.console.CommandContext;
import dev.flyball.cli.console.CommandFailure;
import dev.flyball.cli.console.UsageFailure;
import dev.flyball.cli.generate.CacheTypeOption;
import dev.flyball.cli.generate.ExpertsOption;
import dev.flyball.cli.generate.ProjectorOption;
import dev.flyball.cli.generate.SparsityOption;
import dev.flyball.cli.generate.SpeculationOption;
import dev.flyball.cli.generate.WeightsCacheOption;
import dev.flyball.engine.EngineFactory;
import dev.flyball.engine.EngineOptions;
import dev.flyball.engine.adapter.AdapterFile;
import dev.flyball.engine.adapter.AdapterOptions;
import dev.flyball.engine.cache.CacheDirectory;
import dev.flyball.engine.cache.CacheTypes;
import dev.flyball.engine.schedule.SchedulingPolicy;
import dev.flyball.server.ByteSize;
import dev.flyball.server.FlyballServer;
import dev.flyball.server.ServerConfig;
import dev.flyball.server.ServiceSettings;
import dev.flyball.server.generate.PinnedPrefix;
import dev.flyball.server.models.KeepAlive;
import dev.flyball.server.models.ModelSettings;
import dev.flyball.server.terms.CacheIsolation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code flyball serve}. */
@Command(
    name = "serve",
    description = {
      "Answers the OpenAI API. Without a model it serves the demo model; models that were pulled"
          + " can be asked for by name, and are loaded on first use.",
      "Options win over the FLYBALL_* environment variables."
    })
final class ServeCommand implements Runnable {
  private final CommandContext context;
  private final EngineFactory engines;

  @Parameters(
      arity = "0..*",
      paramLabel = "MODEL",
      description = ModelFiles.PARAMETER_HELP + "; the first answers requests that name none")
  private List<String> models = new ArrayList<>();

  @Option(
      names = "--host",
      description = "Address to listen on (default: 127.0.0.1); any other needs an API key")
  private @Nullable String host;

  @Option(
      names = {"-p", "--port"},
      description = "Port to listen on, 0: a free one (default: 8080)")
  private @Nullable Integer port;

  @Option(
      names = "--api-key",
      paramLabel = "KEY",
      description =
          "Must come with every request; repeatable. A command line can be seen by other users of the"
              + " machine, FLYBALL_API_KEYS cannot")
  private List<String> apiKeys = new ArrayList<>();

  @Option(
      names = {"-c", "--context"},
      paramLabel = "TOKENS",
      description =
          "Prompt and answer together (default: what the model was trained with, at most 8192)")
  private @Nullable Integer contextLength;

  @Option(
      names = {"-t", "--threads"},
      description = "Threads that compute (default: one a processor)")
  private @Nullable Integer threads;

  @Mixin private CacheTypeOption cacheType = new CacheTypeOption();

  @Option(
      names = "--kv-cache-least",
      paramLabel = "TYPE",
      description =
          "The coarsest type that long prompts are kept in where memory is short: f16, q8_0"
              + " (default), q8_0/q4_0 or q4_0; four bits cost quality")
  private @Nullable String leastCacheType;

  @Mixin private SpeculationOption speculation = new SpeculationOption();

  @Mixin private SparsityOption sparsity = new SparsityOption();
  @Mixin private WeightsCacheOption weightsCache = new WeightsCacheOption();

  @Mixin private ExpertsOption experts = new ExpertsOption();

  @Option(
      names = "--parallel",
      paramLabel = "N",
      description = "Requests that a model answers at the same time (default: 8)")
  private @Nullable Integer parallel;

  @Option(
      names = "--lora",
      paramLabel = "[NAME=]FILE[:SCALE]",
      description =
          "A LoRA adapter (GGUF) of the first model, for requests that name it as their model; with a"
              + " scale also for those that choose none. Repeatable")
  private List<String> adapters = new ArrayList<>();

  @Option(
      names = "--max-loras",
      paramLabel = "N",
      description = "Adapters that a model may have at a time (default: 16)")
  private @Nullable Integer maxAdapters;

  @Mixin private ProjectorOption projector = new ProjectorOption();

  @Option(
      names = "--scheduler",
      paramLabel = "NAME",
      description =
          "adaptive: steps composed by the shapes of the prompts (default); in the order of arrival,"
              + " to compare with: fcfs, whole prompts in fixed batches; continuous, full batches")
  private @Nullable String scheduler;

  @Option(
      names = "--cache-dir",
      paramLabel = "DIR",
      description =
          "Keeps prompts that were read and have to leave memory in a file there, also over restarts"
              + " (default: nowhere)")
  private @Nullable Path cacheDirectory;

  @Option(
      names = "--cache-dir-limit",
      paramLabel = "SIZE",
      description = "What that file may take for each model: 512M, 20G (default: 4G)")
  private @Nullable String cacheDirectoryLimit;

  @Option(
      names = "--cache-isolation",
      paramLabel = "WHO",
      description =
          "none: prompts that begin alike are computed once for all (default); tenant: once for each"
              + " tenant")
  private @Nullable String cacheIsolation;

  @Option(
      names = "--pin-prefix",
      paramLabel = "FILE",
      description =
          "A system prompt that every model computes at its loading and keeps in its cache (default:"
              + " none)")
  private @Nullable Path pinnedPrefix;

  @Option(
      names = "--keep-alive",
      paramLabel = "TIME",
      description = "How long an idle model stays loaded: 300, 5m, 1h; -1: for ever (default: 5m)")
  private @Nullable String keepAlive;

  @Option(names = "--access-log", description = "A line for every request on standard error")
  private boolean accessLog;

  ServeCommand(CommandContext context, EngineFactory engines) {
    this.context = context;
    this.engines = engines;
  }

  @Override
  public void run() {
    ServerConfig config = UsageFailure.checked(this::config);
    FlyballServer server = UsageFailure.checked(() -> FlyballServer.start(config, engines));
    Runtime.getRuntime()
        .addShutdownHook(new Thread(() -> stop(server, config), "flyball-shutdown"));
    new ServeBanner(server.uri(), defaultModel(config), !config.apiKeys().isEmpty())
        .print(context.out());
    waitForTheEnd();
  }

  private ServerConfig config() {
    ServerConfig config = ServerConfig.fromEnvironment(context.variables());
    config = host == null ? config : config.withHost(host);
    config = port == null ? config : config.withPort(port);
    config = apiKeys.isEmpty() ? config : config.withApiKeys(apiKeys);
    config = accessLog ? config.withAccessLog(true) : config;
    return config
        .withService(serviceSettings(config.service()))
        .withModels(modelSettings(config.models()));
  }

  private ServiceSettings serviceSettings(ServiceSettings usual) {
    ServiceSettings settings =
        cacheIsolation == null ? usual : usual.withIsolation(CacheIsolation.parse(cacheIsolation));
    return pinnedPrefix == null
        ? settings
        : settings.withPinnedPrefix(Optional.of(PinnedPrefix.read(pinnedPrefix)));
  }

  private ModelSettings modelSettings(ModelSettings usual) {
    ModelSettings settings = usual.withEngine(engineOptions(usual.engine()));
    settings = keepAlive == null ? settings : settings.withKeepAlive(KeepAlive.parse(keepAlive));
    ModelFiles known = new ModelFiles(context);
    List<Path> files = new ArrayList<>();
    List<String> names = new ArrayList<>();
    for (String model : models) {
      Path path = Path.of(model);
      if (Files.isRegularFile(path)) {
        files.add(path);
        names.add(stem(path));
      } else if (!model.equals(DemoModel.NAME)) {
        names.add(known.catalog().resolve(model).name());
      } else {
        names.add(model);
      }
    }
    files.addAll(settings.files());
    files.add(DemoModel.file(FlyballHome.of(context)));
    settings = settings.withFiles(files);
    return names.isEmpty() ? settings : settings.withDefaultModel(names.getFirst());
  }

  private EngineOptions engineOptions(EngineOptions usual) {
    return new EngineOptions(
            contextLength == null ? usual.contextLength() : contextLength,
            parallel == null ? usual.maxRunning() : parallel,
            usual.maxWaiting(),
            threads == null ? usual.threads() : threads)
        .withCacheTypes(cacheTypes(usual.cacheTypes()))
        .withScheduler(scheduler == null ? usual.scheduler() : SchedulingPolicy.of(scheduler))
        .withCacheDirectory(cacheDirectory(usual.cacheDirectory()))
        .withWeightsCache(weightsCache.value(context))
        .withExperts(experts.value(context))
        .withSparsity(sparsity.over(usual.sparsity()))
        .withSpeculation(speculation.over(usual.speculation()))
        .withAdapters(adapters(usual.adapters()))
        .withProjector(projector.over(usual.projector()));
  }

  private AdapterOptions adapters(AdapterOptions usual) {
    List<AdapterFile> files =
        adapters.isEmpty()
            ? usual.files()
            : adapters.stream().map(text -> AdapterFile.parse(text, 0)).toList();
    for (AdapterFile file : files) {
      if (!Files.isReadable(file.path())) {
        throw new UsageFailure("--lora: there is no file " + file.path());
      }
    }
    return new AdapterOptions(files, maxAdapters == null ? usual.most() : maxAdapters);
  }

  private CacheTypes cacheTypes(CacheTypes usual) {
    CacheTypes types = usual.withUsual(cacheType.over(usual.usual()));
    return leastCacheType == null ? types : types.withLeast(CacheTypes.parseLeast(leastCacheType));
  }

  private Optional<CacheDirectory> cacheDirectory(Optional<CacheDirectory> usual) {
    Optional<Path> path =
        Optional.ofNullable(cacheDirectory).or(() -> usual.map(CacheDirectory::path));
    long usualLimit =
        usual.map(CacheDirectory::limitBytes).orElse(CacheDirectory.DEFAULT_LIMIT_BYTES);
    long limit = cacheDirectoryLimit == null ? usualLimit : ByteSize.parse(cacheDirectoryLimit);
    if (path.isEmpty() && cacheDirectoryLimit != null) {
      throw new UsageFailure("--cache-dir-limit says how large, but no --cache-dir says where");
    }
    return path.map(directory -> new CacheDirectory(directory, limit));
  }

  private static String defaultModel(ServerConfig config) {
    return config.models().defaultModel().orElseGet(() -> stem(config.models().files().getFirst()));
  }

  private static String stem(Path file) {
    return file.getFileName().toString().replaceFirst("(-\\d{5}-of-\\d{5})?\\.gguf$", "");
  }

  private void stop(FlyballServer server, ServerConfig config) {
    context
        .err()
        .println(
            "flyball: stopping; running answers may take up to "
                + config.shutdownLimit().toSeconds()
                + " s to end");
    server.close();
  }

  /** The process ends by a signal. */
  private static void waitForTheEnd() {
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new CommandFailure("interrupted", interrupted);
    }
  }
}
