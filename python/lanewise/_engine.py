"""The door: one process for many evaluations."""

import atexit
import os
import shutil
import tempfile
import threading
import weakref

from ._data import Files
from ._errors import EngineError, LanewiseError
from ._process import Process, find_program
from ._request import Request
from ._result import Evaluation, Report

_engines = weakref.WeakSet()


class Engine:
    """A process of the engine, started by the first call and again after it ended.

    Threads may share an engine: their calls follow one another. After a fork, the child starts its own process.

    program: the command `lanewise`; without it, $LANEWISE, the checkout around this package, or the PATH.
    folder: where arrays and outputs become files. Without it, arrays are in memory where the system has
      memory files (Linux), and all else in the system's folder for temporary files.
    """

    def __init__(self, program=None, folder=None):
        self._program = program
        self._folder = os.path.abspath(os.fspath(folder)) if folder is not None else None
        self._lock = threading.Lock()
        self._process = None
        self._described = {}
        self._closed = False
        _engines.add(self)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    @property
    def pid(self):
        """The id of the running process, or None."""
        process = self._process
        return process.pid if process is not None and process.lives() else None

    def close(self):
        """Ends the process. It is not started again."""
        with self._lock:
            self._closed = True
            if self._process is not None:
                self._process.close()
                self._process = None

    def describe(self, objective):
        """What an objective computes, as `lanewise describe OBJECTIVE --format json` says it."""
        if objective not in self._described:
            with self._lock:
                self._described[objective] = self._ask({"describe": objective})["objective"]
        return self._described[objective]

    def evaluate(
        self,
        objectives,
        data=None,
        *,
        options=None,
        columns=None,
        by=None,
        quantiles=None,
        outputs=False,
        policy=None,
        precision=None,
        threads=None,
        memory=None,
        **values,
    ):
        """Evaluates one objective, or several over the same data.

        objectives: an id, or a list of ids and of evaluations as a plan has them (docs/plan.md).
        data: the rows, if the objective has one set of them.
        values: columns by role, or sets of rows by name.
        options: parameters of the one objective.
        columns, by, quantiles: as in a plan.
        outputs: True for columns of numbers per row, or a list of those to compute besides.
        policy, precision, threads, memory: as for the command.

        Returns an Evaluation for an id, and a Report for a list.
        Raises InputError, FileError or EngineError.
        """
        request = Request(self.describe, objectives, data, values, columns=columns, options=options)
        request.complete(by=by, quantiles=quantiles, outputs=outputs)
        with self._lock, Files(self._folder) as files:
            process = self._running()
            message = request.message(files, policy=policy, precision=precision, threads=threads, memory=memory)
            directory = None
            try:
                if outputs:
                    directory = tempfile.mkdtemp(dir=process.scratch)
                    message["options"] += ["-o", directory, "--replace"]
                report = Report(self._ask(message, files.names)["report"])
                if outputs:
                    for evaluation in report.values():
                        evaluation.read_outputs(directory)
            finally:
                if directory is not None:
                    shutil.rmtree(directory, ignore_errors=True)
        return next(iter(report.values())) if request.single else report

    def _running(self):
        """The process, which is started if there is none. Only with the lock."""
        if self._closed:
            raise EngineError("found an engine that is closed, expected an open one")
        if self._process is not None and not self._process.lives():
            self._process.kill()
            self._process = None
        if self._process is None:
            self._process = Process(find_program(self._program), self._folder)
        return self._process

    def _ask(self, message, names=()):
        process = self._running()
        try:
            return process.ask(message, names)
        except LanewiseError:
            raise
        except BaseException:
            # Such as Ctrl-C: the reply would be taken for that of the next request.
            process.kill()
            raise

    def _forget(self):
        self._lock = threading.Lock()
        if self._process is not None:
            self._process.forget()
            self._process = None


_default = None
_default_lock = threading.Lock()


def default_engine():
    """The engine of this interpreter."""
    global _default
    with _default_lock:
        if _default is None:
            _default = Engine()
        return _default


def _end_all():
    for engine in list(_engines):
        engine.close()


def _forget_all():
    global _default_lock
    _default_lock = threading.Lock()
    for engine in list(_engines):
        engine._forget()


atexit.register(_end_all)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_all)
