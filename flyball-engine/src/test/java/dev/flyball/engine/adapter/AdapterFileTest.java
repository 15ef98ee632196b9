package dev.flyball.engine.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class AdapterFileTest {
  @Test
  void nameAndScaleMayBeLeftOut() {
    assertThat(AdapterFile.parse("dir/some.gguf", 1)).isEqualTo(file("some", "dir/some.gguf", 1));
    assertThat(AdapterFile.parse("a=dir/some.gguf", 0)).isEqualTo(file("a", "dir/some.gguf", 0));
    assertThat(AdapterFile.parse("a=x.gguf:-0.5", 0)).isEqualTo(file("a", "x.gguf", -0.5f));
    assertThat(AdapterFile.parse("x.gguf:2", 1)).isEqualTo(file("x", "x.gguf", 2));
  }

  @Test
  void aPathKeepsItsColonsAndEqualSigns() {
    assertThat(AdapterFile.parse("/a=b/c:d.gguf", 1)).isEqualTo(file("c:d", "/a=b/c:d.gguf", 1));
    assertThat(AdapterFile.parse("n=/a=b/c.gguf:1.25", 0))
        .isEqualTo(file("n", "/a=b/c.gguf", 1.25f));
  }

  @Test
  void whatCannotBeIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> AdapterFile.parse("dir/", 1))
        .withMessageContaining("[NAME=]FILE[:SCALE]");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> AdapterFile.parse("x.gguf:5000", 1))
        .withMessageContaining("the scale of an adapter must be -1000 to 1000");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> file("x", "x.gguf", Float.NaN))
        .withMessageContaining("NaN");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> file("x".repeat(201), "x.gguf", 1))
        .withMessageContaining("1 to 200 characters");
  }

  private static AdapterFile file(String name, String path, float scale) {
    return new AdapterFile(name, Path.of(path), scale);
  }
}
