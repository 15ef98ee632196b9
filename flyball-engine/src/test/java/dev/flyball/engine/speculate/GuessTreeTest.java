package dev.flyball.engine.speculate;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class GuessTreeTest {
  @Test
  void aGuessSeesWhatItContinues() {
    GuessTree tree = new GuessTree();
    int first = tree.add(GuessTree.ROOT, 10);
    int second = tree.add(first, 11);
    int beside = tree.add(GuessTree.ROOT, 12);
    int behindIt = tree.add(beside, 13);
    assertThat(tree.seen(first)).isEqualTo(0b1);
    assertThat(tree.seen(second)).isEqualTo(0b11);
    assertThat(tree.seen(beside)).isEqualTo(0b100);
    assertThat(tree.seen(behindIt)).isEqualTo(0b1100);
  }

  @Test
  void onlyTheFirstGuessesBeforeABranchAreInLine() {
    GuessTree tree = new GuessTree();
    tree.add(GuessTree.ROOT, 10);
    tree.add(0, 11);
    assertThat(tree.isInLine(2)).isTrue();
    tree.add(0, 12);
    tree.add(2, 13);
    assertThat(tree.isInLine(2)).isTrue();
    assertThat(tree.isInLine(3)).isFalse();
    tree.clear();
    assertThat(tree.isInLine(0)).isTrue();
  }

  @Test
  void aTokenIsFoundBehindItsGuessAndAmongThoseOfTheStepOnly() {
    GuessTree tree = new GuessTree();
    tree.add(GuessTree.ROOT, 10);
    tree.add(0, 11);
    tree.add(GuessTree.ROOT, 11);
    assertThat(tree.find(GuessTree.ROOT, 11, 3)).isEqualTo(2);
    assertThat(tree.find(GuessTree.ROOT, 11, 2)).isEqualTo(GuessTree.NONE);
    assertThat(tree.find(0, 11, 3)).isEqualTo(1);
    assertThat(tree.find(0, 10, 3)).isEqualTo(GuessTree.NONE);
  }
}
