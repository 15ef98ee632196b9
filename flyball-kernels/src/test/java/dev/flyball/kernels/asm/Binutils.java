package dev.flyball.kernels.asm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * The GNU assembler for one architecture, to hold ours against.
 *
 * @param prefix of its programs' names, with their folder
 * @param option for the assembler
 */
record Binutils(String prefix, String option) {
  /** Bytes that every case is filled up to. */
  private static final int CASE_BYTES = 16;

  private static final String FILLER = "cc";

  /** One case as text for binutils and as bytes of ours, in hexadecimal. */
  record Case(String text, String hex) {
    static Case of(String text, byte[] ours) {
      return new Case(text, HexFormat.of().formatHex(ours));
    }

    @Override
    public String toString() {
      return text.replace("\n", "; ") + " = " + hex;
    }
  }

  boolean isInstalled() {
    return Files.isExecutable(Path.of(prefix + "as"))
        && Files.isExecutable(Path.of(prefix + "objcopy"));
  }

  /** The cases whose bytes differ from those of binutils, with the difference in the text. */
  List<String> differences(Path folder, String header, List<Case> cases)
      throws IOException, InterruptedException {
    byte[] theirs = assemble(folder, header, cases);
    List<String> wrong = new ArrayList<>();
    for (int i = 0; i < cases.size(); i++) {
      String padded = cases.get(i).hex() + FILLER.repeat(CASE_BYTES);
      String expected = HexFormat.of().formatHex(theirs, i * CASE_BYTES, (i + 1) * CASE_BYTES);
      if (!expected.equals(padded.substring(0, 2 * CASE_BYTES))) {
        wrong.add(cases.get(i) + ", binutils " + expected);
      }
    }
    return wrong;
  }

  private byte[] assemble(Path folder, String header, List<Case> cases)
      throws IOException, InterruptedException {
    StringBuilder source = new StringBuilder(header);
    int end = 0;
    for (Case c : cases) {
      end += CASE_BYTES;
      source
          .append(c.text())
          .append("\n.org ")
          .append(end)
          .append(", 0x")
          .append(FILLER)
          .append('\n');
    }
    Path text = Files.writeString(folder.resolve("all.s"), source);
    Path object = folder.resolve("all.o");
    Path binary = folder.resolve("all.bin");
    run(prefix + "as", option, "-o", object.toString(), text.toString());
    run(prefix + "objcopy", "-O", "binary", "-j", ".text", object.toString(), binary.toString());
    return Files.readAllBytes(binary);
  }

  private static void run(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
  }
}
