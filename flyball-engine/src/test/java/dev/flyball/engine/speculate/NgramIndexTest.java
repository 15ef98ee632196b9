package dev.flyball.engine.speculate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flyball.engine.cache.KvNamespace;
import dev.flyball.engine.sample.Foresight;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class NgramIndexTest {
  @Test
  void findsWhatCameBehindTheLastThreeTokens() {
    Text text = new Text(1, 2, 3, 4, 5, 1, 2, 3);
    assertThat(new NgramIndex().find(text)).isEqualTo(3);
  }

  @Test
  void theLatestOfSeveralPlacesIsFound() {
    Text text = new Text(1, 2, 3, 4, 1, 2, 3, 5, 1, 2, 3);
    assertThat(new NgramIndex().find(text)).isEqualTo(7);
  }

  @Test
  void theOtherPlaceIsTheLatestWithAnotherTokenBehind() {
    NgramIndex index = new NgramIndex();
    Text text = new Text(1, 2, 3, 4, 1, 2, 3, 5, 1, 2, 3, 5, 1, 2, 3);
    assertThat(index.find(text)).isEqualTo(11);
    assertThat(index.findOther(text)).isEqualTo(3);
    Text once = new Text(1, 2, 3, 4, 1, 2, 3);
    NgramIndex other = new NgramIndex();
    assertThat(other.find(once)).isEqualTo(3);
    assertThat(other.findOther(once)).isZero();
  }

  @Test
  void nothingIsFoundWhereNothingCameAgain() {
    assertThat(new NgramIndex().find(new Text(1))).isZero();
    assertThat(new NgramIndex().find(new Text(1, 2, 3))).isZero();
    assertThat(new NgramIndex().find(new Text(1, 2, 3, 1, 2, 4))).isZero();
  }

  @Test
  void aTextThatGrowsIsFoundAsOneThatIsWhole() {
    long seed = System.nanoTime();
    System.out.println("NgramIndexTest seed " + seed);
    Random random = new Random(seed);
    NgramIndex index = new NgramIndex();
    Text text = new Text();
    int found = 0;
    for (int length = 0; length < 3000; length++) {
      text.tokens.add(random.nextInt(12));
      int end = index.find(text);
      if (end > 0) {
        found++;
        assertThat(text.tokens.subList(end - 3, end))
            .isEqualTo(text.tokens.subList(length - 2, length + 1));
        assertThat(end).isLessThanOrEqualTo(length);
      }
    }
    assertThat(found).isGreaterThan(300);
  }

  private static final class Text implements DraftedText {
    private final List<Integer> tokens = new ArrayList<>();

    Text(int... ids) {
      for (int id : ids) {
        tokens.add(id);
      }
    }

    @Override
    public int knownTokens() {
      return tokens.size();
    }

    @Override
    public int token(int index) {
      return tokens.get(index);
    }

    @Override
    public int guessRoom() {
      return 16;
    }

    @Override
    public Foresight foresee() {
      throw new UnsupportedOperationException("the index asks for tokens only");
    }

    @Override
    public KvNamespace namespace() {
      return KvNamespace.EVERYBODY;
    }

    @Override
    public Speculation speculation() {
      throw new UnsupportedOperationException("the index asks for tokens only");
    }
  }
}
