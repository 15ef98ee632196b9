package dev.flyball.cli.pull;

import dev.flyball.cli.console.Amounts;
import dev.flyball.cli.console.CommandContext;
import dev.flyball.cli.console.CommandFailure;
import dev.flyball.cli.console.Progress;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;

/**
 * The transfer of one file. Bytes gather in a {@code .part} file named after the checksum, so that
 * what another version left behind is never continued; the finished file is checked and renamed
 * into place. Interrupted transfers, also those of earlier runs, go on where they stopped.
 */
final class Download {
  private static final int BUFFER_BYTES = 1 << 16;

  /** New bytes that let earlier failures be forgotten: less could go on for ever. */
  private static final long PROGRESS_BYTES = 1 << 20;

  private static final long SPARE_DISK_BYTES = 64L << 20;

  private final HubConnection hub;
  private final String path;
  private final HubFile file;
  private final Path target;
  private final Path part;
  private final Attempts attempts;
  private final CommandContext context;
  private MessageDigest digest;
  private long done;

  Download(
      HubConnection hub,
      String path,
      HubFile file,
      Path target,
      RetryPolicy retries,
      CommandContext context) {
    this.hub = hub;
    this.path = path;
    this.file = file;
    this.target = target;
    this.part =
        target.resolveSibling(
            target.getFileName() + "." + file.checksum().hex().substring(0, 12) + ".part");
    this.attempts = new Attempts(retries, context);
    this.context = context;
    this.digest = file.checksum().newDigest();
  }

  void run() {
    try {
      Files.createDirectories(target.toAbsolutePath().getParent());
      try (FileChannel channel =
          FileChannel.open(
              part, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
        lock(channel);
        takeUp(channel);
        requireDiskSpace();
        transferWhole(channel);
        channel.force(true);
      }
      Files.move(part, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException failure) {
      throw new UncheckedIOException(
          "cannot write " + target + ": " + failure.getMessage(), failure);
    }
  }

  /** Transfers what is missing; where an earlier run left damaged bytes behind, all of it. */
  private void transferWhole(FileChannel channel) throws IOException {
    boolean resumed = done > 0;
    transfer(channel);
    boolean intact = intact();
    if (!intact && resumed) {
      context.err().println("what an earlier run left behind was damaged; starting over");
      startOver(channel);
      transfer(channel);
      intact = intact();
    }
    if (!intact) {
      Files.delete(part);
      throw new CommandFailure(
          file.path() + " arrived damaged: its checksum is not the one that the hub names");
    }
  }

  /** Keeps other pulls away until the channel is closed. */
  private void lock(FileChannel channel) throws IOException {
    boolean locked;
    try {
      locked = channel.tryLock() != null;
    } catch (OverlappingFileLockException heldInThisProcess) {
      locked = false;
    }
    if (!locked) {
      throw new CommandFailure("another flyball pull is fetching " + file.path() + " right now");
    }
  }

  /** Hashes what an earlier run left behind. */
  private void takeUp(FileChannel channel) throws IOException {
    if (channel.size() > file.sizeBytes()) {
      channel.truncate(0);
    }
    ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
    while (channel.read(buffer.clear()) > 0) {
      digest.update(buffer.flip());
      done += buffer.limit();
    }
  }

  private void requireDiskSpace() throws IOException {
    long missing = file.sizeBytes() - done;
    long free = Files.getFileStore(part).getUsableSpace();
    if (free < missing + SPARE_DISK_BYTES) {
      throw new CommandFailure(
          "the disk of "
              + target.toAbsolutePath().getParent()
              + " has "
              + Amounts.bytes(free)
              + " free, but "
              + file.path()
              + " needs "
              + Amounts.bytes(missing)
              + " more; free some space, or set FLYBALL_HOME to a folder on another disk");
    }
  }

  private void transfer(FileChannel channel) {
    try (Progress progress =
        Progress.start(
            context,
            target.getFileName().toString(),
            done,
            file.sizeBytes(),
            Progress.Unit.BYTES)) {
      while (done < file.sizeBytes()) {
        attempts.run(() -> receive(channel, progress));
      }
    }
  }

  /** One request for all that is missing. */
  private Long receive(FileChannel channel, Progress progress) throws IOException {
    Map<String, String> headers = done == 0 ? Map.of() : Map.of("Range", "bytes=" + done + "-");
    try (HubConnection.Response response = hub.get(path, headers)) {
      if (response.status() == 200 && done > 0) {
        startOver(channel);
      }
      requireExpectedRange(response);
      return copy(response.body(), channel, progress);
    }
  }

  private void requireExpectedRange(HubConnection.Response response) {
    String expected = "bytes " + done + "-" + (file.sizeBytes() - 1) + "/" + file.sizeBytes();
    boolean wrong =
        response.status() == 206
            ? !response.header("Content-Range").orElse("").equals(expected)
            : response.contentLength().orElse(file.sizeBytes()) != file.sizeBytes();
    if (wrong) {
      throw new CommandFailure(
          "the server sends another part of "
              + file.path()
              + " than asked for, or its size has changed; run the command again");
    }
  }

  private long copy(InputStream body, FileChannel channel, Progress progress) throws IOException {
    long begin = done;
    byte[] buffer = new byte[BUFFER_BYTES];
    while (done < file.sizeBytes()) {
      int count = body.read(buffer, 0, (int) Math.min(buffer.length, file.sizeBytes() - done));
      if (count < 0) {
        throw new TransientFailure(
            "the connection ended after " + Amounts.bytes(done), Optional.empty());
      }
      write(channel, ByteBuffer.wrap(buffer, 0, count));
      digest.update(buffer, 0, count);
      done += count;
      progress.advanceTo(done);
      if (done - begin >= PROGRESS_BYTES) {
        attempts.progressed();
      }
    }
    return done;
  }

  /** A full disk is no failure of the connection: it is not worth another attempt. */
  private void write(FileChannel channel, ByteBuffer bytes) {
    try {
      long position = done;
      while (bytes.hasRemaining()) {
        position += channel.write(bytes, position);
      }
    } catch (IOException failure) {
      throw new UncheckedIOException("cannot write " + part + ": " + failure.getMessage(), failure);
    }
  }

  private void startOver(FileChannel channel) throws IOException {
    channel.truncate(0);
    done = 0;
    digest = file.checksum().newDigest();
  }

  /** Ends the digest: to be asked once a transfer. */
  private boolean intact() {
    return HexFormat.of().formatHex(digest.digest()).equals(file.checksum().hex());
  }
}
