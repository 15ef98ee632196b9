package dev.flyball.engine.tokenizer;

/** Cuts texts into words and encodes each, keeping the frequent ones. */
final class TextEncoder implements PartEncoder {
  private final PreTokenizer preTokenizer;
  private final WordModel model;
  private final WordCache cache = new WordCache();

  TextEncoder(PreTokenizer preTokenizer, WordModel model) {
    this.preTokenizer = preTokenizer;
    this.model = model;
  }

  @Override
  public Session session() {
    return new WordSession();
  }

  private final class WordSession implements Session {
    private final PairMerger merger = new PairMerger(model.rules());
    private byte[] word = new byte[256];

    @Override
    public void encode(String text, int from, int to, boolean prefix, IntList ids) {
      int space = preTokenizer.byteLevel() ? ' ' : SpaceBoundaries.MARK;
      CodePointText codePoints = CodePointText.of(text, from, to, space, prefix);
      IntList ends = preTokenizer.wordEnds(codePoints);
      int start = 0;
      for (int i = 0; i < ends.size(); i++) {
        encodeWord(codePoints, start, ends.get(i), ids);
        start = ends.get(i);
      }
    }

    private void encodeWord(CodePointText text, int from, int to, IntList ids) {
      if (word.length < 4 * (to - from)) {
        word = new byte[4 * (to - from)];
      }
      int length = text.writeUtf8(from, to, word);
      boolean isCached = length <= WordCache.LONGEST_BYTES;
      if (isCached && cache.addTo(ids, word, length)) {
        return;
      }
      int before = ids.size();
      model.encode(word, length, merger, ids);
      if (isCached) {
        cache.put(word, length, ids.from(before));
      }
    }
  }
}
