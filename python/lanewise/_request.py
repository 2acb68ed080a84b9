"""What a caller says, as a plan (docs/plan.md)."""

import difflib
import os
from collections.abc import Mapping

from ._data import is_ragged, joined, paths, table, write
from ._errors import InputError

_ROWS = "rows"


class Request:
    """Evaluations and their sets of rows.

    describe: gives the description of an objective.
    """

    def __init__(self, describe, objectives, data, values, *, columns, options):
        self.single = isinstance(objectives, str)
        entries = [objectives] if self.single or isinstance(objectives, Mapping) else list(objectives)
        if not entries:
            raise InputError("found no objective, expected one")
        self._entries = [_entry(entry) for entry in entries]
        self._described = [describe(entry["objective"]) for entry in self._entries]
        for what, key, given in (("options", "parameters", options), ("columns", "columns", columns)):
            if given:
                if len(self._entries) > 1:
                    raise InputError(
                        f"argument '{what}': found several objectives, expected one, or {what} within each:"
                        f" {{'objective': ID, '{key}': ...}}"
                    )
                self._entries[0].setdefault(key, {}).update(given)
        for entry in self._entries:
            if "parameters" in entry:
                entry["parameters"] = {_hyphens(name): _parameter(value) for name, value in entry["parameters"].items()}
        self._sets, self._loose = {}, {}
        for name, value in values.items():
            rows = self._set_of(name)
            if rows:
                self._sets[rows] = value
            else:
                self._loose[name] = value
        self._add_rows(data)

    def _set_of(self, name):
        """The set of rows that an argument names."""
        for described in self._described:
            for one in described["sets"]:
                if name in (one["name"], _underscores(one["name"])):
                    return one["name"]
        return None

    def _add_rows(self, data):
        first = next(iter(self._loose), None)
        if first and data is not None:
            raise InputError(
                f"argument '{first}': found a column beside 'data', expected all columns in one of them;"
                " columns={ROLE: COLUMN} names those of 'data'"
            )
        rows = self._loose if first else data
        if rows is not None:
            if _ROWS in self._sets:
                raise InputError(f"argument '{first or 'data'}': found '{_ROWS}' too, expected one of them")
            self._sets[_ROWS] = rows

    def complete(self, *, by, quantiles, outputs):
        """Adds what holds for all evaluations that do not say it themselves."""
        for entry in self._entries:
            if by is not None:
                entry.setdefault("by", by if isinstance(by, list) else [by])
            if quantiles is not None:
                entry.setdefault("quantiles", list(quantiles))
            if outputs:
                entry["rows"] = "npz"
                if outputs is not True:
                    entry.setdefault("outputs", [outputs] if isinstance(outputs, str) else list(outputs))
        self._check_names()

    def _check_names(self):
        """A misspelt argument would be a column that nobody needs."""
        known = {}
        for entry, described in zip(self._entries, self._described):
            for one in described["sets"]:
                known.setdefault(_underscores(one["name"]))
                for role in one["roles"]:
                    for name in (role["name"], *role["synonyms"]):
                        known.setdefault(_underscores(name))
            for named in (*entry.get("columns", {}).values(), *entry.get("by", [])):
                for name in _columns_of(named):
                    known.setdefault(_underscores(name))
        for name in self._loose:
            if _underscores(name) not in known:
                near = difflib.get_close_matches(_underscores(name), known, 1)
                raise InputError(
                    f"argument '{name}': found a name that no set or column of the objective has, expected one of "
                    + ", ".join(known)
                    + (f"; did you mean '{near[0]}'?" if near else "")
                )

    def message(self, files, *, policy, precision, threads, memory):
        """What is sent. Arrays are written to files on the way."""
        data, in_memory = {}, False
        for name, value in self._sets.items():
            found = paths(value)
            if found is None:
                columns = table(value)
                if isinstance(columns, dict):
                    columns = self._with_sequences(name, columns)
                found, in_memory = [write(columns, files, name)], True
            data[name] = found
        for entry, described in zip(self._entries, self._described):
            entry["data"] = self._data_of(described)
        plan = {"lanewise": 1, "title": "Python", "data": data, "evaluate": self._entries}
        if policy is not None:
            plan["policy"] = policy
        if precision is not None:
            plan["precision"] = precision
        options = []
        if threads is not None:
            options += ["--threads", str(threads)]
        if memory is not None:
            options += ["--memory", str(memory)]
        if in_memory:
            options += ["--hash", "none"]
        return {"plan": plan, "options": options}

    def _with_sequences(self, name, columns):
        """Lists of arrays of different lengths, as the elements of all rows and where each row begins."""
        result = {}
        for column, value in columns.items():
            if not is_ragged(value):
                result[column] = value
                continue
            result[column], starts = joined(f"{name}: column '{column}'", value)
            offsets = column + ":offsets"
            result[offsets] = starts
            self._bind(name, column, {"values": column, "offsets": offsets})
        return result

    def _bind(self, data, column, binding):
        for entry, described in zip(self._entries, self._described):
            for name, source in self._data_of(described).items():
                roles = next(one["roles"] for one in described["sets"] if one["name"] == name)
                for role in roles:
                    if source == data and column in (role["name"], _underscores(role["name"]), *role["synonyms"]):
                        key = role["name"] if len(described["sets"]) == 1 else f"{name}.{role['name']}"
                        entry.setdefault("columns", {}).setdefault(key, binding)

    def _data_of(self, described):
        """The data of each set: by its own name, or the rows, if only one set is needed."""
        needed = [one["name"] for one in described["sets"] if one["required"]]
        result = {}
        for one in described["sets"]:
            if one["name"] in self._sets:
                result[one["name"]] = one["name"]
            elif _ROWS in self._sets and (len(described["sets"]) == 1 or needed == [one["name"]]):
                result[one["name"]] = _ROWS
        missing = [name for name in needed if name not in result]
        if missing:
            raise InputError(
                f"evaluation '{described['id']}': found no rows of set '{missing[0]}', expected the argument"
                f" '{_underscores(missing[0])}'" + (" or columns" if len(needed) == 1 else "")
            )
        return result


def _entry(entry):
    if isinstance(entry, str):
        return {"objective": entry}
    if not isinstance(entry, Mapping) or not isinstance(entry.get("objective"), str):
        raise InputError(f"found {entry!r}, expected the id of an objective or {{'objective': ID, ...}}")
    result = dict(entry)
    for key in ("columns", "parameters"):
        if key in result:
            result[key] = dict(result[key])
    if "by" in result and not isinstance(result["by"], list):
        result["by"] = [result["by"]]
    return result


def _columns_of(named):
    """The columns that a plan names there: one, several, or by the keys of a mapping."""
    if isinstance(named, Mapping):
        return [named[key] for key in ("column", "values", "offsets") if key in named]
    return [named] if isinstance(named, str) else named


def _parameter(value):
    if hasattr(value, "item") and getattr(value, "ndim", None) == 0:
        value = value.item()
    if isinstance(value, str) and value.startswith("@"):
        return "@" + os.path.abspath(os.path.expanduser(value[1:]))
    if not isinstance(value, (str, int, float)):
        raise InputError(f"options: found a value of type {type(value).__name__}, expected a text or a number")
    return value


def _underscores(name):
    return name.replace("-", "_")


def _hyphens(name):
    return name.replace("_", "-")
