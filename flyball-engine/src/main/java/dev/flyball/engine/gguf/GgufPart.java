package dev.flyball.engine.gguf;

import dev.flyball.engine.EngineError;
import dev.flyball.engine.EngineException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One mapped file: a whole model, or part {@code i} of {@code n} named {@code
 * NAME-0000i-of-0000n.gguf}, where each part names its place by {@code split.no} (from 0), {@code
 * split.count} and {@code split.tensors.count} (of all parts).
 *
 * <p>Source: llama.cpp's gguf-split.
 */
record GgufPart(Path path, MemorySegment bytes, GgufHeader header) {
  private static final Pattern PART_NAME = Pattern.compile("(.*)-\\d{5}-of-(\\d{5})\\.gguf");
  private static final String NUMBER_KEY = "split.no";
  private static final String COUNT_KEY = "split.count";
  private static final String TENSORS_KEY = "split.tensors.count";

  /** Maps a file and all parts that belong to it. The mappings live as long as {@code arena}. */
  static List<GgufPart> openAll(Path path, Arena arena) {
    GgufPart opened = open(path, arena);
    long count = opened.header().metadata().findInteger(COUNT_KEY).orElse(1);
    if (count <= 1) {
      return List.of(opened);
    }
    List<GgufPart> parts = new ArrayList<>();
    for (int number = 0; number < count; number++) {
      Path partPath = opened.sibling(number, count);
      GgufPart part = partPath.equals(path) ? opened : openSibling(partPath, count, arena);
      part.requirePlace(number, count);
      parts.add(part);
    }
    parts.getFirst().requireAllTensors(parts);
    return List.copyOf(parts);
  }

  private static GgufPart openSibling(Path path, long count, Arena arena) {
    if (!Files.exists(path)) {
      throw new EngineException(
          EngineError.FILE_UNREADABLE,
          path + ": this part of the model's " + count + " files is missing; put it beside them");
    }
    return open(path, arena);
  }

  private static GgufPart open(Path path, Arena arena) {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      long size = channel.size();
      MemorySegment bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, size, arena);
      return new GgufPart(path, bytes, GgufHeaderReader.read(path.toString(), bytes));
    } catch (NoSuchFileException e) {
      throw new EngineException(EngineError.FILE_UNREADABLE, path + ": there is no such file", e);
    } catch (AccessDeniedException e) {
      throw new EngineException(
          EngineError.FILE_UNREADABLE, path + ": there is no permission to read it", e);
    } catch (IOException e) {
      throw new EngineException(
          EngineError.FILE_UNREADABLE, path + ": cannot be read: " + e.getMessage(), e);
    }
  }

  long sizeBytes() {
    return bytes.byteSize();
  }

  private Path sibling(int number, long count) {
    Matcher name = PART_NAME.matcher(path.getFileName().toString());
    if (!name.matches() || Long.parseLong(name.group(2)) != count) {
      throw corrupt(
          "this is one of the model's "
              + count
              + " files, but it is not named like NAME-00001-of-0000N.gguf, so that the others"
              + " cannot be found; give the files their names back");
    }
    return path.resolveSibling(
        String.format(Locale.ROOT, "%s-%05d-of-%05d.gguf", name.group(1), number + 1, count));
  }

  private void requirePlace(int number, long count) {
    GgufMetadata metadata = header.metadata();
    long ownNumber = metadata.integer(NUMBER_KEY);
    long ownCount = metadata.integer(COUNT_KEY);
    if (ownNumber != number || ownCount != count) {
      throw corrupt(
          "by its name it is part %d of %d, by its metadata part %d of %d"
              .formatted(number + 1, count, ownNumber + 1, ownCount));
    }
  }

  private void requireAllTensors(List<GgufPart> parts) {
    long expected = header.metadata().integer(TENSORS_KEY);
    long found = parts.stream().mapToLong(part -> part.header().tensors().size()).sum();
    if (found != expected) {
      throw corrupt("the parts hold " + found + " tensors, but should hold " + expected);
    }
  }

  EngineException corrupt(String problem) {
    return new EngineException(EngineError.FILE_CORRUPT, path + ": " + problem);
  }
}
