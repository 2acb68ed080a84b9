package io.lanewise.source;

/// A column that cannot be read. It is an error only if it is requested.
///
/// @param name the column's name
/// @param type the type in the words of the format: `Timestamp(MICROSECOND, UTC)`, `object array`
public record Unsupported(String name, String type) {}
