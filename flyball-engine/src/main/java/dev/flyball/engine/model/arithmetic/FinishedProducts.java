package dev.flyball.engine.model.arithmetic;

import dev.flyball.kernels.WorkerTeam;
import dev.flyball.kernels.matmul.InputFinish;
import dev.flyball.kernels.matmul.RowGroups;

/** Products that finish all of an input before they take it. */
abstract class FinishedProducts implements Products {
  private final WorkerTeam team;

  FinishedProducts(WorkerTeam team) {
    this.team = team;
  }

  @Override
  public final void input(float[] x, int tokens, int columns, InputFinish finish) {
    team.run(tokens, (row, worker) -> finish.finish(row, 0, columns, worker));
    input(x, tokens, columns);
  }

  @Override
  public final void input(float[] x, RowGroups groups, int columns, InputFinish finish) {
    team.run(
        groups.size(), (place, worker) -> finish.finish(groups.row(place), 0, columns, worker));
    input(x, groups, columns);
  }
}
