/// Ranks of the models of a plan, and how sure they are.
///
/// **Where to begin.** [io.lanewise.leaderboard.Leaderboards] makes a
/// [io.lanewise.result.Leaderboard] of each measure that has a better and a worse;
/// [io.lanewise.leaderboard.Draws] are the values that might have come out as well.
///
/// **What it may not know.** Where rows are kept: it is handed their numbers.
@NullMarked
package io.lanewise.leaderboard;

import org.jspecify.annotations.NullMarked;
