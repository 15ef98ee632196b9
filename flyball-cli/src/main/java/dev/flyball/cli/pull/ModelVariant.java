package dev.flyball.cli.pull;

import java.util.List;

/**
 * One model among those that a repository offers: a file, or all parts of a split one.
 *
 * @param name path of the first file without part number and extension
 * @param files in the order of their parts
 */
public record ModelVariant(String name, List<HubFile> files) {
  public ModelVariant {
    files = List.copyOf(files);
  }

  public long sizeBytes() {
    return files.stream().mapToLong(HubFile::sizeBytes).sum();
  }
}
