package dev.flyball.cli.pull;

import java.util.List;

/**
 * The files of a repository at one commit.
 *
 * @param commit pins the files: later pushes do not change what is fetched
 */
public record HubListing(String commit, List<HubFile> files) {
  public HubListing {
    files = List.copyOf(files);
  }
}
