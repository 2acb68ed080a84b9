package io.lanewise.source;

/// A column that a file has and that cannot be read. Nobody is bothered by it until it is asked
/// for.
///
/// @param name the column's name
/// @param type what it is, in the format's own words: `Timestamp(MICROSECOND, UTC)`, `object array`
public record Unsupported(String name, String type) {}
