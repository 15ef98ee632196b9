package dev.flyball.kernels.quantize;

import java.util.Random;

/** Kinds of rows to be quantised; values follow from the seed in float arithmetic alone. */
enum RowKind {
  /** Like weights: a bell around 0. */
  BELL {
    @Override
    float next(Random random, int index) {
      return 0.02f * bell(random);
    }
  },
  /** A few values far outside, as in trained models. */
  OUTLIERS {
    @Override
    float next(Random random, int index) {
      float value = bell(random);
      return random.nextInt(50) == 0 ? 30 * value : value;
    }
  },
  POSITIVE {
    @Override
    float next(Random random, int index) {
      return 1 + random.nextFloat();
    }
  },
  NEGATIVE {
    @Override
    float next(Random random, int index) {
      return -3 - random.nextFloat();
    }
  },
  /** Mostly 0, whole groups of it. */
  SPARSE {
    @Override
    float next(Random random, int index) {
      float value = bell(random);
      return index / 40 % 3 == 0 && random.nextInt(4) == 0 ? value : 0;
    }
  },
  ZERO {
    @Override
    float next(Random random, int index) {
      return 0;
    }
  },
  CONSTANT {
    @Override
    float next(Random random, int index) {
      return index / 64 % 2 == 0 ? 0.75f : -0.75f;
    }
  },
  /** On a coarse grid: many ties. */
  GRID {
    @Override
    float next(Random random, int index) {
      return (random.nextInt(33) - 16) * 0.125f;
    }
  },
  /** Scales are subnormal or 0 in 16 bits. */
  TINY {
    @Override
    float next(Random random, int index) {
      return bell(random) * (index % 512 < 256 ? 1e-6f : 1e-12f);
    }
  },
  LARGE {
    @Override
    float next(Random random, int index) {
      return bell(random) * 20000;
    }
  },
  /** Groups of very different size beside each other. */
  RAMP {
    @Override
    float next(Random random, int index) {
      return bell(random) / (1 << (index / 16 % 16));
    }
  };

  abstract float next(Random random, int index);

  float[] values(long seed, int count) {
    Random random = new Random(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = next(random, i);
    }
    return values;
  }

  /** Near a normal distribution, between -2 and 2. */
  static float bell(Random random) {
    return random.nextFloat() + random.nextFloat() + random.nextFloat() + random.nextFloat() - 2;
  }
}
