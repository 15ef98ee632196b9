package dev.flyball.kernels.asm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.flyball.kernels.asm.Arm64VectorOp.Form;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Holds every encoding against binutils' assembler, and against bytes that it gave once. */
class Arm64AssemblerTest {
  private static final long SEED = 20261121;
  private static final int VARIANTS = 6;
  private static final Binutils BINUTILS =
      new Binutils("/usr/bin/aarch64-linux-gnu-", "-march=armv8.2-a+dotprod+i8mm");

  @Test
  void everyEncodingIsThatOfBinutils(@TempDir Path folder) throws Exception {
    Assumptions.assumeTrue(
        BINUTILS.isInstalled(),
        "binutils-aarch64-linux-gnu is not installed: encodings are held against stored bytes only");
    assertThat(BINUTILS.differences(folder, "", cases())).isEmpty();
  }

  @Test
  void everyEncodingIsAsStored() throws IOException {
    String all = cases().stream().map(c -> c + "\n").collect(Collectors.joining());
    Path written = Path.of("target", "arm64-encodings.txt");
    Files.createDirectories(written.getParent());
    Files.writeString(
        written, all); // where instructions were added, to be looked at and taken over
    try (var stored = Arm64AssemblerTest.class.getResourceAsStream("arm64-encodings.txt")) {
      assertThat(stored)
          .as("src/test/resources/dev/flyball/kernels/asm/arm64-encodings.txt")
          .isNotNull();
      assertThat(all).isEqualTo(new String(stored.readAllBytes(), StandardCharsets.UTF_8));
    }
  }

  @Test
  void offsetsThatNoInstructionHoldsAreRefused() {
    Arm64Assembler assembler = new Arm64Assembler();
    for (int offset : new int[] {-257, 16 * 4096, 257}) {
      assertThat(assembler.memory(Arm64MemoryOp.LDR_Q, 0, XReg.SP, offset)).isFalse();
    }
    assertThat(assembler.toByteArray()).isEmpty();
  }

  @Test
  void branchesThatReachTooFarAreRefused() {
    Arm64Assembler assembler = new Arm64Assembler();
    Label start = new Label();
    assembler.bind(start);
    for (int bytes = 0; bytes <= 1 << 19; bytes += 4) {
      assembler.ret();
    }
    assembler.branchIfNotZero(new XReg(0), start);
    Label end = new Label();
    assertThatIllegalStateException()
        .isThrownBy(
            () -> {
              assembler.address(new XReg(0), end);
              for (int bytes = 0; bytes <= 1 << 20; bytes += 4) {
                assembler.ret();
              }
              assembler.bind(end);
            });
  }

  private static List<Binutils.Case> cases() {
    SplittableRandom random = new SplittableRandom(SEED);
    List<Binutils.Case> cases = new ArrayList<>();
    for (int i = 0; i < VARIANTS; i++) {
      for (Arm64VectorOp op : Arm64VectorOp.values()) {
        cases.add(vectorCase(op, random));
      }
      for (Arm64MemoryOp op : Arm64MemoryOp.values()) {
        cases.addAll(memoryCases(op, random));
      }
      cases.addAll(otherVectorCases(random));
      cases.addAll(generalCases(random));
      cases.addAll(placeCases(random));
    }
    cases.addAll(constantCases());
    return cases;
  }

  private static Binutils.Case of(String text, Consumer<Arm64Assembler> emit) {
    Arm64Assembler assembler = new Arm64Assembler();
    emit.accept(assembler);
    return Binutils.Case.of(text, assembler.toByteArray());
  }

  private static Binutils.Case vectorCase(Arm64VectorOp op, SplittableRandom random) {
    VReg d = new VReg(random.nextInt(32));
    VReg n = new VReg(random.nextInt(32));
    VReg m = new VReg(random.nextInt(32));
    int count = random.nextInt(1, op.text.contains("Vd.4s") ? 32 : 16);
    String text =
        op.text
            .replace("Vd", "v" + d.code())
            .replace("Sd", "s" + d.code())
            .replace("Vn", "v" + n.code())
            .replace("Vm", "v" + m.code())
            .replace("count", "" + count);
    if (op.form == Form.THREE) {
      return of(text, a -> a.vector(op, d, n, m));
    }
    return op.form == Form.TWO
        ? of(text, a -> a.vector(op, d, n))
        : of(text, a -> a.shift(op, d, n, count));
  }

  private static List<Binutils.Case> memoryCases(Arm64MemoryOp op, SplittableRandom random) {
    int code = random.nextInt(31);
    XReg base = xOrSp(random);
    XReg index = x(random);
    int scaled = op.bytes * random.nextInt(4096);
    int unscaled = random.nextBoolean() ? -random.nextInt(1, 257) : random.nextInt(127) * 2 + 1;
    boolean prefetch = op == Arm64MemoryOp.PRFM;
    int register = prefetch ? 0 : code;
    String what = " " + (prefetch ? "pldl1keep" : op.register + code) + ", [" + name(base) + ", ";
    return List.of(
        of(op.name + what + "#" + scaled + "]", a -> a.memory(op, register, base, scaled)),
        of(
            op.unscaledName + what + "#" + unscaled + "]",
            a -> a.memory(op, register, base, unscaled)),
        of(op.name + what + name(index) + "]", a -> a.memory(op, register, base, index)));
  }

  private static List<Binutils.Case> otherVectorCases(SplittableRandom random) {
    VReg v = new VReg(random.nextInt(32));
    VReg w = new VReg(random.nextInt(32));
    XReg base = xOrSp(random);
    XReg source = x(random);
    int offset = 8 * random.nextInt(64);
    int value = random.nextInt(256);
    VReg other = new VReg(v.code() ^ 1); // loading one register twice is no valid instruction
    String at = ", [" + name(base) + ", #" + offset + "]";
    String stored = "stp d" + v.code() + ", d" + w.code() + at;
    String loaded = "ldp d" + v.code() + ", d" + other.code() + at;
    return List.of(
        of(stored, a -> a.storePair(v, w, base, offset)),
        of(loaded, a -> a.loadPair(v, other, base, offset)),
        of("ld1r {v" + v.code() + ".4s}, [" + name(base) + "]", a -> a.loadReplicated(v, base)),
        of("dup v" + v.code() + ".4s, w" + source.code(), a -> a.replicate(v, source)),
        of("movi v" + v.code() + ".16b, #" + value, a -> a.replicate(v, value)));
  }

  private static List<Binutils.Case> generalCases(SplittableRandom random) {
    XReg d = x(random);
    XReg n = x(random);
    XReg m = x(random);
    XReg sp = xOrSp(random);
    int low = random.nextInt(4096);
    int high = random.nextInt(1, 4096) << 12;
    String operands = " " + name(d) + ", " + name(sp) + ", #";
    String both = high + "\nsub " + name(d) + ", " + name(d) + ", #";
    return List.of(
        of("mov " + name(d) + ", " + name(m), a -> a.mov(d, m)),
        of("add " + name(d) + ", " + name(n) + ", " + name(m), a -> a.add(d, n, m)),
        of("add" + operands + low, a -> a.add(d, sp, low)),
        of("add" + operands + high, a -> a.add(d, sp, high)),
        of("sub" + operands + (low + 1) % 4096, a -> a.add(d, sp, -((low + 1) % 4096))),
        of("sub" + operands + both + (low | 1), a -> a.add(d, sp, -(high | low | 1))),
        of(".word " + high, a -> a.data(high)),
        of("ret", Arm64Assembler::ret));
  }

  private static List<Binutils.Case> placeCases(SplittableRandom random) {
    XReg r = x(random);
    String branch = "cbnz " + name(r) + ", 1";
    String address = "adr " + name(r) + ", 1";
    return List.of(
        of(branch + "f\nret\n1: ret", a -> forward(a, label -> a.branchIfNotZero(r, label))),
        of("1: ret\nret\n" + branch + "b", a -> backward(a, label -> a.branchIfNotZero(r, label))),
        of(address + "f\nret\n1: ret", a -> forward(a, label -> a.address(r, label))),
        of("1: ret\nret\n" + address + "b", a -> backward(a, label -> a.address(r, label))));
  }

  private static void forward(Arm64Assembler assembler, Consumer<Label> emit) {
    Label label = new Label();
    emit.accept(label);
    assembler.ret();
    assembler.bind(label);
    assembler.ret();
  }

  private static void backward(Arm64Assembler assembler, Consumer<Label> emit) {
    Label label = new Label();
    assembler.bind(label);
    assembler.ret();
    assembler.ret();
    emit.accept(label);
  }

  private static List<Binutils.Case> constantCases() {
    XReg x = new XReg(7);
    return List.of(
        of("movz x7, #0, lsl #48", a -> a.mov(x, 0)),
        of("movn x7, #0, lsl #48", a -> a.mov(x, -1)),
        of("movz x7, #1", a -> a.mov(x, 1)),
        of("movn x7, #1", a -> a.mov(x, -2)),
        of("movz x7, #0x8000, lsl #16", a -> a.mov(x, 0x80000000L)),
        of("movn x7, #0xfffe\nmovk x7, #0x8000, lsl #16", a -> a.mov(x, 0xffffffff80000001L)),
        of(
            "movz x7, #0x7abc\nmovk x7, #0x1234, lsl #16\nmovk x7, #0x7f01, lsl #32",
            a -> a.mov(x, 0x7f0112347abcL)),
        of(
            "movz x7, #4\nmovk x7, #3, lsl #16\nmovk x7, #2, lsl #32\nmovk x7, #1, lsl #48",
            a -> a.mov(x, 0x0001000200030004L)));
  }

  private static XReg x(SplittableRandom random) {
    return new XReg(random.nextInt(31));
  }

  private static XReg xOrSp(SplittableRandom random) {
    return new XReg(random.nextInt(32));
  }

  private static String name(XReg register) {
    return register.equals(XReg.SP) ? "sp" : "x" + register.code();
  }
}
