@org.jspecify.annotations.NullMarked
package io.lanewise.leaderboard;
