package dev.flyball.cli.load.workload;

/** Seeds of texts: what is to be equal gets equal seeds, everything else different ones. */
record TextSeeds(long runSeed) {
  private static final long PREFIX = 1;
  private static final long BLOCK = 2;
  private static final long OWN = 3;

  /** Of the prefix that all prompts share. */
  long ofPrefix() {
    return mixed(PREFIX, 0);
  }

  /** Of a block of a trace that several prompts may have. */
  long ofBlock(long blockId) {
    return mixed(BLOCK, blockId);
  }

  /** Of a text that only the {@code index}-th prompt has. */
  long ofRequest(long index) {
    return mixed(OWN, index);
  }

  private long mixed(long kind, long number) {
    return finish(finish(runSeed + kind * 0x9E3779B97F4A7C15L) ^ number);
  }

  /** The finisher of SplitMix64 (Steele, Lea, Flood, OOPSLA 2014): one to one, and well mixed. */
  private static long finish(long value) {
    long z = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
