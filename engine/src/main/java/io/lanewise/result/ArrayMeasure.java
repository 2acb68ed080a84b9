package io.lanewise.result;

import java.util.List;

/// One number for each dimension.
///
/// @param name lower-kebab, unique within its evaluation
/// @param values one value a dimension
/// @param unit as in [Measure]
/// @param definition the formula
public record ArrayMeasure(String name, List<Double> values, String unit, String definition) {
  public ArrayMeasure {
    values = List.copyOf(values);
  }
}
