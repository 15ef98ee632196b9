package dev.flyball.engine.cache;

import java.nio.ByteBuffer;

/** What a slot of a {@link BlockFile} holds behind its header: always the same number of bytes. */
interface SlotContent {
  /** Writes all of it. */
  void write(ByteBuffer out);

  /** Reads what {@link #write} wrote. */
  void read(ByteBuffer in);
}
