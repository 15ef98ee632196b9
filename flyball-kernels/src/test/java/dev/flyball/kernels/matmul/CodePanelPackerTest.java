package dev.flyball.kernels.matmul;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flyball.kernels.TensorType;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** Holds the packer, word by word, against the one that goes code by code. */
class CodePanelPackerTest {
  private static final long SEED = 20;

  @ParameterizedTest
  @EnumSource(
      value = TensorType.class,
      mode = Mode.EXCLUDE,
      names = {"F32", "F16", "BF16"})
  void wordsArePackedAsCodesOneByOne(TensorType type) {
    SplittableRandom random = new SplittableRandom(SEED + type.ggmlId());
    CodePanels format = CodePanels.of(type);
    PanelPacker packer = format.newPacker();
    for (int rows : new int[] {16, 1, 15, 16}) {
      for (int supers : new int[] {1, 3, RowCodes.MAX_COLUMNS / format.superColumns() + 1}) {
        int columns = supers * format.superColumns();
        byte[] stored = new byte[(int) type.bytesFor((long) rows * columns)];
        random.nextBytes(stored);
        byte[] expected = new byte[(int) format.panelBytes(columns)];
        new SlowPanelPacker(format).pack(stored, rows, columns, expected);
        byte[] packed = new byte[expected.length];
        random.nextBytes(packed);

        packer.pack(stored, rows, columns, packed);

        assertThat(packed)
            .as("%s, %d rows of %d, seed %d", type, rows, columns, SEED)
            .isEqualTo(expected);
      }
    }
  }
}
