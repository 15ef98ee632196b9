package dev.flyball.kernels.asm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flyball.kernels.asm.VectorOp.Form;
import dev.flyball.kernels.asm.VectorOp.Tuple;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Holds every encoding against binutils' assembler, and against bytes that it gave once. */
class X86AssemblerTest {
  private static final long SEED = 20261121;
  private static final int VARIANTS = 6;
  private static final List<Gpr> REGISTERS = List.of(Gpr.values());
  private static final Binutils BINUTILS = new Binutils("/usr/bin/", "--64");

  /** One instruction as text for binutils and as a call of ours. */
  private record Case(String text, Consumer<X86Assembler> emit, boolean evex) {}

  @Test
  void everyEncodingIsThatOfBinutils(@TempDir Path folder) throws Exception {
    Assumptions.assumeTrue(
        BINUTILS.isInstalled(),
        "binutils is not installed: encodings are held against stored bytes only");
    List<Binutils.Case> cases =
        cases(new SplittableRandom(SEED)).stream()
            .map(c -> Binutils.Case.of(c.text(), assemble(c)))
            .toList();
    assertThat(BINUTILS.differences(folder, ".intel_syntax noprefix\n", cases)).isEmpty();
  }

  @Test
  void everyEncodingIsAsStored() throws IOException {
    StringBuilder all = new StringBuilder();
    for (Case c : cases(new SplittableRandom(SEED))) {
      all.append(c.text()).append(" = ").append(HexFormat.of().formatHex(assemble(c))).append('\n');
    }
    Path written = Path.of("target", "x86-encodings.txt");
    Files.createDirectories(written.getParent());
    Files.writeString(
        written, all); // where instructions were added, to be looked at and taken over
    try (var stored = X86AssemblerTest.class.getResourceAsStream("x86-encodings.txt")) {
      assertThat(stored)
          .as("src/test/resources/dev/flyball/kernels/asm/x86-encodings.txt")
          .isNotNull();
      assertThat(all.toString())
          .isEqualTo(new String(stored.readAllBytes(), StandardCharsets.UTF_8));
    }
  }

  private static byte[] assemble(Case c) {
    X86Assembler assembler = new X86Assembler(c.evex());
    c.emit().accept(assembler);
    return assembler.toByteArray();
  }

  private static List<Case> cases(SplittableRandom random) {
    List<Case> cases = new ArrayList<>();
    for (VectorOp op : VectorOp.values()) {
      for (VectorLength length : VectorLength.values()) {
        for (int i = 0; i < VARIANTS; i++) {
          cases.add(vectorCase(op, length, random));
        }
      }
    }
    for (int i = 0; i < 10; i++) {
      cases.addAll(generalCases(random));
    }
    return cases;
  }

  private static Case vectorCase(VectorOp op, VectorLength wanted, SplittableRandom random) {
    boolean vexOnly = !op.hasEvex();
    VectorLength length = lengthFor(op, wanted);
    boolean evex = !op.hasVex() || (!vexOnly && random.nextBoolean());
    int registers = evex || length == VectorLength.L512 ? 32 : 16;
    Xmm destination = new Xmm(random.nextInt(registers));
    Xmm source1 = new Xmm(random.nextInt(registers));
    boolean inMemory = op.form != Form.SHIFT && random.nextBoolean();
    boolean broadcast =
        inMemory
            && (evex || length == VectorLength.L512)
            && op.tuple == Tuple.FULL
            && random.nextBoolean();
    boolean needsEvex = evex || length == VectorLength.L512;
    Memory memory = randomMemory(random);
    Operand source2 =
        inMemory ? broadcast ? memory.broadcasted() : memory : new Xmm(random.nextInt(registers));
    String name = (needsEvex ? "{evex} " + op.evexName : "{vex} " + op.vexName);
    String d = register(destination, length);
    String s1 = register(source1, length);
    String s2 = operand(op, length, source2);
    return switch (op.form) {
      case THREE ->
          new Case(
              name + " " + d + ", " + s1 + ", " + s2,
              a -> a.vector(op, length, destination, source1, source2),
              evex);
      case TWO, TWO_NARROW ->
          new Case(
              name + " " + d + ", " + s2, a -> a.vector(op, length, destination, source2), evex);
      case STORE_IMMEDIATE ->
          new Case(
              name
                  + " "
                  + pointer(length.bytes() / 2)
                  + " ptr "
                  + address(memory)
                  + ", "
                  + d
                  + ", 0",
              a -> a.storeHalf(length, memory, destination),
              evex);
      case STORE ->
          new Case(
              name + " " + operand(op, length, memory) + ", " + d,
              a -> a.store(op, length, memory, destination),
              evex);
      case THREE_IMMEDIATE ->
          new Case(
              name + " " + d + ", " + s1 + ", " + s2 + ", 78",
              a -> a.vector(op, length, destination, source1, source2, 78),
              evex);
      case TWO_IMMEDIATE ->
          new Case(
              name + " " + d + ", " + s2 + ", 177",
              a -> a.vector(op, length, destination, source2, 177),
              evex);
      case SHIFT -> {
        int count = random.nextInt(1, 31);
        yield new Case(
            name + " " + d + ", " + s1 + ", " + count,
            a -> a.shift(op, length, destination, source1, count),
            evex);
      }
    };
  }

  /** Lane shuffles exist for the longer vectors only. */
  private static VectorLength lengthFor(VectorOp op, VectorLength wanted) {
    return switch (op) {
      case VMOVSS, VMOVLPS -> VectorLength.L128;
      case VPERMD -> wanted == VectorLength.L128 ? VectorLength.L256 : wanted;
      case VPERM2F128 -> VectorLength.L256;
      case VSHUFF32X4, VINSERTI128 -> wanted == VectorLength.L128 ? VectorLength.L256 : wanted;
      case VPSIGNB -> wanted == VectorLength.L512 ? VectorLength.L256 : wanted;
      default -> wanted;
    };
  }

  private static List<Case> generalCases(SplittableRandom random) {
    Gpr a = gpr(random);
    Gpr b = gpr(random);
    Gpr notRax = REGISTERS.get(random.nextInt(1, 16));
    Memory memory = randomMemory(random);
    String at = address(memory);
    int immediate = random.nextBoolean() ? random.nextInt(-128, 128) : random.nextInt();
    long wide = random.nextLong();
    int count = random.nextInt(2, 63);
    Xmm vector = new Xmm(random.nextInt(32));
    return List.of(
        new Case("mov " + name(a) + ", " + name(b), x -> x.mov(a, b), false),
        new Case("mov " + name(a) + ", " + immediate, x -> x.mov(a, immediate), false),
        new Case("movabs " + name(a) + ", " + wide, x -> x.mov(a, wide), false),
        new Case("mov " + name(a) + ", qword ptr " + at, x -> x.load(a, memory), false),
        new Case("mov qword ptr " + at + ", " + name(a), x -> x.store(memory, a), false),
        new Case("lea " + name(a) + ", " + at, x -> x.lea(a, memory), false),
        new Case("add " + name(a) + ", " + name(b), x -> x.add(a, b), false),
        new Case("sub " + name(a) + ", " + name(b), x -> x.sub(a, b), false),
        new Case("cmp " + name(a) + ", " + name(b), x -> x.cmp(a, b), false),
        new Case("xor " + name(a) + ", " + name(b), x -> x.xor(a, b), false),
        new Case("imul " + name(a) + ", " + name(b), x -> x.imul(a, b), false),
        new Case("add " + name(notRax) + ", " + immediate, x -> x.add(notRax, immediate), false),
        new Case("sub " + name(notRax) + ", " + immediate, x -> x.sub(notRax, immediate), false),
        new Case("cmp " + name(notRax) + ", " + immediate, x -> x.cmp(notRax, immediate), false),
        new Case("shl " + name(a) + ", " + count, x -> x.shl(a, count), false),
        new Case("push " + name(a), x -> x.push(a), false),
        new Case("pop " + name(a), x -> x.pop(a), false),
        new Case(
            "lea " + name(a) + ", [rip+1f]\n1: ret",
            x -> {
              Label place = new Label();
              x.address(a, place);
              x.bind(place);
              x.ret();
            },
            false),
        new Case(".long " + immediate, x -> x.data(immediate), false),
        new Case("ret", X86Assembler::ret, false),
        new Case("cpuid", X86Assembler::cpuid, false),
        new Case("xgetbv", X86Assembler::xgetbv, false),
        new Case("vzeroupper", X86Assembler::vzeroupper, false),
        new Case("prefetcht0 byte ptr " + at, x -> x.prefetch(memory), false),
        new Case(
            "{evex} vmovups zmmword ptr " + at + ", zmm" + vector.code(),
            x -> x.store(VectorLength.L512, memory, vector),
            false));
  }

  private static Memory randomMemory(SplittableRandom random) {
    Gpr base = gpr(random);
    int displacement =
        switch (random.nextInt(4)) {
          case 0 -> 0;
          case 1 -> random.nextInt(-20, 20) * 64;
          case 2 -> random.nextInt(-130, 130);
          default -> random.nextInt(-100_000, 100_000);
        };
    if (random.nextBoolean()) {
      return Memory.at(base, displacement);
    }
    Gpr index = gpr(random);
    return index == Gpr.RSP
        ? Memory.at(base, displacement)
        : Memory.at(base, index, 1 << random.nextInt(4), displacement);
  }

  private static Gpr gpr(SplittableRandom random) {
    return REGISTERS.get(random.nextInt(16));
  }

  private static String name(Gpr register) {
    return register.name().toLowerCase(Locale.ROOT);
  }

  private static String address(Memory memory) {
    String index = memory.index() == null ? "" : "+" + name(memory.index()) + "*" + memory.scale();
    return "["
        + name(memory.base())
        + index
        + (memory.displacement() < 0 ? "" : "+")
        + memory.displacement()
        + "]";
  }

  private static String operand(VectorOp op, VectorLength length, Operand operand) {
    int bytes =
        switch (op.tuple) {
          case FULL, FULL_MEMORY -> length.bytes();
          case HALF -> length.bytes() / 2;
          case QUARTER -> length.bytes() / 4;
          case LANE -> 16;
          case SCALAR -> 4;
        };
    return switch (operand) {
      case Xmm xmm ->
          op.form == Form.TWO_NARROW || op.tuple == Tuple.LANE
              ? (bytes == 32 ? "ymm" : "xmm") + xmm.code()
              : register(xmm, length);
      case Memory memory when memory.broadcast() ->
          "dword ptr " + address(memory) + "{1to" + length.bytes() / 4 + "}";
      case Memory memory -> pointer(bytes) + " ptr " + address(memory);
    };
  }

  private static String pointer(int bytes) {
    return switch (bytes) {
      case 64 -> "zmmword";
      case 32 -> "ymmword";
      case 16 -> "xmmword";
      case 8 -> "qword";
      default -> "dword";
    };
  }

  private static String register(Xmm register, VectorLength length) {
    String kind =
        switch (length) {
          case L128 -> "xmm";
          case L256 -> "ymm";
          case L512 -> "zmm";
        };
    return kind + register.code();
  }
}
