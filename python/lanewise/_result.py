"""What comes back. docs/results.md describes all of it."""

import math
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Optional

# JSON has no such numbers, so the report has texts. Labels of groups are texts anyway.
_NOT_FINITE = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}
_NUMBERS = {"value", "standard_error", "values", "lower", "upper", "n"}


@dataclass(frozen=True)
class Measure:
    """One number of an evaluation. A standard error of None is unknown, not zero."""

    name: str
    value: float
    standard_error: Optional[float]
    error_method: str
    n: int
    unit: str
    better: str
    definition: str

    def __float__(self):
        return self.value


class Evaluation(Mapping):
    """The measures of one objective: a mapping of their names to numbers. A value without rows is NaN.

    measures: the same with standard error, n, unit and definition.
    rows: how many rows of each set were read, used and left out.
    arrays: numbers per dimension, by name.
    verdicts: what the objective itself concluded.
    warnings: sentences.
    outputs: columns of numbers per row, by name, as NumPy arrays, if they were asked for; by set, then name,
      if the objective has several sets with outputs.
    """

    def __init__(self, json):
        self._json = json
        self.name = json["name"]
        self.objective = json["objective"]
        self.parameters = json["parameters"]
        self.rows = json["rows"]
        self.measures = {one["name"]: _measure(one) for one in json["measures"]}
        self.arrays = {one["name"]: one["values"] for one in json["arrays"]}
        self.verdicts = json["verdicts"]
        self.warnings = [text for one in json["inputs"].values() for text in one.get("warnings", [])]
        self.outputs = {}

    def __getitem__(self, measure):
        if measure not in self.measures:
            raise KeyError(f"found no measure '{measure}', expected one of {', '.join(self.measures)}")
        return self.measures[measure].value

    def __iter__(self):
        return iter(self.measures)

    def __len__(self):
        return len(self.measures)

    def __repr__(self):
        values = ", ".join(
            f"{one.name}={one.value:.6g}" + ("" if one.standard_error is None else f"±{one.standard_error:.2g}")
            for one in self.measures.values()
        )
        return f"<{self.name}: {values}>"

    def groups(self, by=None):
        """The measures of each group of a breakdown: label -> measure -> number.

        by: what it is broken down by; not needed if there is one breakdown.
        """
        found = [one for one in self._json["breakdowns"] if by is None or one["by"] == by]
        if len(found) != 1:
            raise KeyError(by if by is not None else f"{len(found)} breakdowns")
        return {
            label: {one["name"]: _number(one["value"][i]) for one in found[0]["measures"]}
            for i, label in enumerate(found[0]["groups"]["label"])
        }

    def to_dict(self):
        """All of the evaluation, as results.json has it, with numbers that are not finite as floats."""
        return self._json

    def to_frame(self):
        """The measures as a data frame of pandas, one a row."""
        import pandas

        return pandas.DataFrame([asdict(one) for one in self.measures.values()]).set_index("name")

    def read_outputs(self, directory):
        """Reads the files with numbers per row."""
        try:
            import numpy
        except ImportError:
            raise ImportError("outputs are NumPy arrays: found no NumPy, expected it to be installed") from None

        by_file = {}
        for name in self._json["row_files"]:
            with numpy.load(os.path.join(directory, name)) as file:
                by_file[name] = {column: file[column] for column in file.files}
        if len(by_file) == 1:
            self.outputs = next(iter(by_file.values()))
        else:
            # NAME-SET.npz
            self.outputs = {name[len(self.name) + 1 : -len(".npz")]: columns for name, columns in by_file.items()}


class Report(Mapping):
    """Evaluations by name."""

    def __init__(self, json):
        self._json = _with_numbers(json)
        self._evaluations = {one["name"]: Evaluation(one) for one in json["evaluations"]}

    def __getitem__(self, name):
        return self._evaluations[name]

    def __iter__(self):
        return iter(self._evaluations)

    def __len__(self):
        return len(self._evaluations)

    def __repr__(self):
        return "\n".join(map(repr, self.values()))

    def to_dict(self):
        """All of the report, as results.json has it, with numbers that are not finite as floats."""
        return self._json

    def to_frame(self):
        """All measures as a data frame of pandas, one a row."""
        import pandas

        return pandas.concat({one.name: one.to_frame() for one in self.values()}, names=["evaluation"])


def _measure(one):
    return Measure(
        one["name"],
        _number(one["value"]),
        one["standard_error"],
        one["error_method"],
        one["n"],
        one["unit"],
        one["better"],
        one["definition"],
    )


def _number(value):
    return math.nan if value is None else float(value)


def _with_numbers(node, numbers=False):
    """Puts floats in place of the texts of numbers that are not finite."""
    if isinstance(node, dict):
        for key, value in node.items():
            node[key] = _with_numbers(value, key in _NUMBERS)
    elif isinstance(node, list):
        for i, value in enumerate(node):
            node[i] = _with_numbers(value, numbers)
    elif numbers and isinstance(node, str):
        return _NOT_FINITE.get(node, node)
    return node
