package io.lanewise.cli;

import io.lanewise.batch.Quoted;
import io.lanewise.report.Digits;
import io.lanewise.report.LeaderboardTable;
import io.lanewise.result.Leaderboard;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/// Leaderboards on a screen: for each evaluation a table of values, ranks by its first measure, and
/// the trend if models have steps.
final class Standings {
  private static final int MOST_WIDTH = 100;

  private final List<Leaderboard> boards;

  Standings(List<Leaderboard> boards) {
    this.boards = boards;
  }

  /// All of it; empty if there are no models.
  String text() {
    if (boards.isEmpty()) {
      return "";
    }
    StringBuilder text =
        new StringBuilder("Leaderboard (* best, = cannot be told from the best)\n");
    for (LeaderboardTable table : LeaderboardTable.of(boards)) {
      Leaderboard first = table.boards().getFirst();
      boolean ranked = first.basis() != Leaderboard.Basis.NONE;
      if (!ranked || table.boards().size() > 1) {
        for (List<Leaderboard> some : fitting(table)) {
          text.append('\n').append(values(table, some));
        }
      }
      if (ranked) {
        text.append('\n').append(ranks(first));
      }
      text.append(trend(first));
    }
    return text.append("\n  Intervals: %s\n".formatted(LeaderboardTable.bases(boards))).toString();
  }

  /// The columns in parts that are not too wide.
  private static List<List<Leaderboard>> fitting(LeaderboardTable table) {
    int model = table.models().stream().mapToInt(String::length).max().orElse(0);
    List<List<Leaderboard>> parts = new ArrayList<>();
    List<Leaderboard> part = new ArrayList<>();
    int width = model;
    for (Leaderboard board : table.boards()) {
      int column = LeaderboardTable.title(board).length();
      for (Leaderboard.Standing standing : board.standings()) {
        column = Math.max(column, cell(standing).length());
      }
      if (!part.isEmpty() && width + 2 + column > MOST_WIDTH) {
        parts.add(part);
        part = new ArrayList<>();
        width = model;
      }
      part.add(board);
      width += 2 + column;
    }
    parts.add(part);
    return parts;
  }

  private static String values(LeaderboardTable table, List<Leaderboard> some) {
    List<String> headings = new ArrayList<>(List.of(table.evaluation()));
    some.forEach(board -> headings.add(LeaderboardTable.title(board)));
    Table lines = new Table("l".repeat(headings.size()), headings.toArray(String[]::new));
    for (String model : table.models()) {
      List<String> cells = new ArrayList<>(List.of(Quoted.capped(model)));
      for (Leaderboard board : some) {
        Leaderboard.Standing standing = LeaderboardTable.find(board, model);
        cells.add(standing == null ? "" : cell(standing));
      }
      lines.add(cells.toArray(String[]::new));
    }
    return lines.text();
  }

  private static String cell(Leaderboard.Standing standing) {
    return (standing.best() ? "* " : standing.tied() ? "= " : "  ")
        + Digits.of(standing.value(), standing.standardError());
  }

  private static String ranks(Leaderboard board) {
    Table lines =
        new Table(
            "rllll",
            "rank",
            board.evaluation(),
            LeaderboardTable.title(board),
            "rank, 95 %",
            "beats the next");
    for (Leaderboard.Standing standing : board.standings()) {
      lines.add(
          LeaderboardTable.rank(standing),
          Quoted.capped(standing.model()),
          cell(standing),
          LeaderboardTable.interval(standing),
          LeaderboardTable.beats(standing));
    }
    return lines.text();
  }

  private static String trend(Leaderboard board) {
    List<Leaderboard.Standing> steps = board.trend();
    if (steps.isEmpty()) {
      return "";
    }
    Table lines = new Table("rl", "step", LeaderboardTable.title(board));
    for (Leaderboard.Standing standing : steps) {
      lines.add(LeaderboardTable.step(Objects.requireNonNull(standing.step())), cell(standing));
    }
    return "\n" + lines.text() + "  " + LeaderboardTable.bestStep(board) + "\n";
  }
}
