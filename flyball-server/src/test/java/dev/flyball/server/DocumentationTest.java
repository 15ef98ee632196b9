package dev.flyball.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flyball.engine.EngineError;
import dev.flyball.server.error.ServerError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The pages for people say what the code does. */
final class DocumentationTest {
  private static String page(String name) throws IOException {
    return Files.readString(Path.of(System.getProperty("flyball.root"), "docs", name));
  }

  @Test
  void everyErrorIsOnThePageWithItsStatusAndType() throws IOException {
    String page = page("errors.md");
    for (ServerError error : ServerError.values()) {
      assertThat(page)
          .contains("| %d | `%s` | `%s` |".formatted(error.status(), error.type(), error.code()));
    }
    for (EngineError error : EngineError.values()) {
      assertThat(page).contains("`" + error + "`");
    }
  }

  @Test
  void everyVariableIsOnThePage() throws IOException {
    Set<String> read = new TreeSet<>();
    Map<String, String> environment =
        new HashMap<>() {
          private static final long serialVersionUID = 1L;

          @Override
          public String get(Object name) {
            read.add((String) name);
            return ""; // as good as absent
          }
        };
    assertThat(ServerConfig.fromEnvironment(environment)).isNotNull();
    assertThat(read).hasSizeGreaterThan(20);
    assertThat(page("configuration.md")).contains(read);
  }
}
