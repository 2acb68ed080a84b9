"""Values of Python as files that the engine maps: arrays as .safetensors, with text as .npz, tables as Arrow."""

import array
import json
import os
import tempfile

from ._errors import InputError

try:
    import numpy
except ImportError:
    numpy = None

try:
    import pyarrow
    import pyarrow.ipc
except ImportError:
    pyarrow = None

# What the engine reads of NumPy's types, by the words of the safetensors format.
_TYPES = {
    "float16": "F16",
    "bfloat16": "BF16",
    "float32": "F32",
    "float64": "F64",
    "int8": "I8",
    "int16": "I16",
    "int32": "I32",
    "int64": "I64",
    "uint8": "U8",
    "uint16": "U16",
    "uint32": "U32",
    "uint64": "U64",
    "bool": "BOOL",
}
_EXPECTED = "floating-point numbers of 16, 32 or 64 bits, integers, booleans or text"

# Arrays are put in order and written by pieces of so many bytes.
_PIECE = 1 << 24


class Files:
    """The files of one request. They are gone when it is done, and when this process is killed.

    On Linux they are memory without a name, which the system frees with its last user. With a folder, and
    elsewhere, they are temporary files.
    """

    def __init__(self, folder=None):
        self._folder = folder
        self._open = []
        self.names = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for file, path in self._open:
            file.close()
            if path is not None:
                os.unlink(path)
        self._open.clear()

    def new(self, name):
        """An empty file that messages call `name`, and its path."""
        if self._folder is None and hasattr(os, "memfd_create"):
            fd, path, named = os.memfd_create("lanewise"), None, None
            path = f"/proc/{os.getpid()}/fd/{fd}"
        else:
            fd, path = tempfile.mkstemp(prefix="lanewise-", dir=self._folder)
            named = path
        file = os.fdopen(fd, "wb", buffering=0)
        self._open.append((file, named))
        self.names.append((path, name))
        return file, path


def paths(value):
    """The absolute paths that a value names, or None if it is no path."""
    several = list(value) if isinstance(value, (list, tuple)) else [value]
    if not several or not all(isinstance(one, (str, os.PathLike)) for one in several):
        return None
    return [os.path.abspath(os.path.expanduser(os.fspath(one))) for one in several]


def table(value):
    """The columns of a set of rows: a dict of arrays by name, or a table of Arrow."""
    if pyarrow is not None and hasattr(value, "__arrow_c_stream__"):
        return pyarrow.table(value)
    if pyarrow is not None and isinstance(value, pyarrow.RecordBatch):
        return pyarrow.Table.from_batches([value])
    if hasattr(value, "keys") and hasattr(value, "__getitem__"):
        # A dict; and a data frame, whose keys are its columns.
        return {str(name): _plain(value[name]) for name in value.keys()}
    if hasattr(value, "__arrow_c_stream__") or type(value).__module__.split(".")[0] == "pyarrow":
        raise InputError(f"found a table of type {type(value).__name__}, expected pyarrow to be installed for it")
    return {"data": value}


def _plain(value):
    return value.to_numpy() if hasattr(value, "to_numpy") else value


def is_ragged(value):
    """Whether it is a list of arrays or lists that are not all as long."""
    if not isinstance(value, (list, tuple)) or any(isinstance(row, str) or not hasattr(row, "__len__") for row in value):
        return False
    if any(getattr(row, "ndim", 1) == 0 for row in value):
        return False
    return len({len(row) for row in value}) > 1


def joined(place, rows):
    """The elements of all rows, one after the other, and where each row begins, and the last ends."""
    starts = [0]
    for row in rows:
        starts.append(starts[-1] + len(row))
    if numpy is None:
        return [one for row in rows for one in row], starts
    try:
        arrays = [numpy.asarray(_tensor(row)) for row in rows]
    except ValueError as e:
        raise InputError(f"{place}: found rows of rows of different lengths, expected rows of numbers ({e})") from e
    deep = next((row for row in arrays if row.ndim != 1), None)
    if deep is not None:
        raise InputError(f"{place}: found rows of different shapes such as {deep.shape}, expected rows of numbers")
    return numpy.concatenate([row for row in arrays if len(row)]), numpy.array(starts, numpy.int64)


def write(table, files, name):
    """Writes a set of rows and returns the file's path."""
    file, path = files.new(name)
    if pyarrow is not None and isinstance(table, pyarrow.Table):
        with pyarrow.ipc.new_file(file, table.schema) as writer:
            writer.write_table(table)
        return path
    if not table:
        raise InputError(f"{name}: found no column, expected one")
    columns = {column: _column(f"{name}: column '{column}'", value) for column, value in table.items()}
    if any(kind == "text" for kind, _, _ in columns.values()):
        # Through the zip's own buffer: a raw file may write less than it is given.
        with os.fdopen(os.dup(file.fileno()), "wb") as buffered:
            numpy.savez(buffered, **{column: values for column, (_, _, values) in columns.items()})
    else:
        _write_safetensors(columns, file)
    return path


def _write_safetensors(columns, file):
    header, at = {}, 0
    for column, (kind, shape, values) in columns.items():
        size = values.nbytes
        header[column] = {"dtype": kind, "shape": shape, "data_offsets": [at, at + size]}
        at += size
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)  # so that numbers lie at multiples of their size
    _write(file, len(text).to_bytes(8, "little") + text)
    for _, _, values in columns.values():
        if numpy is None or not isinstance(values, numpy.ndarray):
            _write(file, values)
            continue
        order = values.dtype.newbyteorder("<")
        step = max(1, _PIECE // max(1, values.nbytes // max(1, len(values))))
        for row in range(0, len(values), step):
            piece = numpy.ascontiguousarray(values[row : row + step], dtype=order)
            _write(file, piece.reshape(-1).view(numpy.uint8))


def _write(file, data):
    rest = memoryview(data).cast("B") if memoryview(data).nbytes else b""
    while rest:
        rest = rest[file.write(rest[: 1 << 30]) :]


def _column(place, value):
    """The type, the shape and the numbers of a column."""
    if str(getattr(value, "dtype", "")) == "torch.bfloat16":  # NumPy has no such type, but the engine has
        import torch

        return _with_rows(place, "BF16", _tensor(value.detach().contiguous().view(torch.int16)))
    value = _tensor(value)
    if numpy is None:
        return _column_of_lists(place, value)
    if isinstance(value, numpy.ma.MaskedArray):
        if numpy.ma.is_masked(value):
            raise InputError(f"{place}: found masked values, expected none: fill them, as with NaN, and say the policy")
        value = value.data
    try:
        if hasattr(value, "__dlpack__") and not hasattr(value, "__array__"):
            values = numpy.from_dlpack(value)
        else:
            values = numpy.asarray(value)
    except ValueError as e:
        raise InputError(f"{place}: found rows of different lengths, expected an array ({e})") from e
    if values.dtype.kind == "O" and values.size and all(isinstance(one, str) for one in values.flat):
        values = values.astype(str)
    if values.dtype.kind == "U":
        return _with_rows(place, "text", values)
    kind = _TYPES.get(values.dtype.name)
    if kind is None:
        raise InputError(f"{place}: found an array of type {values.dtype}, expected {_EXPECTED}")
    return _with_rows(place, kind, values)


def _tensor(value):
    """A tensor of PyTorch as an array, wherever it is; anything else as it is."""
    return value.detach().cpu().numpy() if hasattr(value, "detach") else value


def _with_rows(place, kind, values):
    if values.ndim == 0:
        raise InputError(f"{place}: found one value without dimensions, expected one for each row")
    return kind, list(values.shape), values


def _column_of_lists(place, value):
    """Without NumPy: lists of numbers, or of lists of as many numbers each, and one-dimensional buffers."""
    try:
        buffer = memoryview(value)
    except TypeError:
        rows = list(value)
    else:
        rows = buffer.tolist()
    width = None
    if rows and isinstance(rows[0], (list, tuple)):
        width = len(rows[0])
        if any(not isinstance(row, (list, tuple)) or len(row) != width for row in rows):
            raise InputError(f"{place}: found rows of different lengths, expected as many numbers in each")
    flat = rows if width is None else [one for row in rows for one in row]
    if not all(isinstance(one, (int, float)) for one in flat):
        raise InputError(f"{place}: found something that is no number, expected numbers (text needs NumPy)")
    integers = bool(flat) and all(isinstance(one, int) for one in flat)
    try:
        numbers = array.array("q" if integers else "d", flat)
    except OverflowError:
        raise InputError(f"{place}: found an integer of more than 64 bits, expected at most 64") from None
    return ("I64" if integers else "F64"), [len(rows)] + ([] if width is None else [width]), memoryview(numbers)
