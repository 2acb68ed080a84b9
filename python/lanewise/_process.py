"""The process of the engine, and what is said through its pipes."""

import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from ._errors import EngineError, of_reply

_SECONDS_TO_END = 10


def find_program(program=None):
    """The command: the argument, $LANEWISE, the launcher of a checkout around us, or that of the PATH."""
    for place, name in (("argument 'program'", program), ("environment variable LANEWISE", os.environ.get("LANEWISE"))):
        if name:
            found = shutil.which(os.fspath(name))
            if not found:
                raise EngineError(f"{place}: found '{name}', expected the program 'lanewise'")
            return os.path.abspath(found)
    checkout = Path(__file__).resolve().parents[2]
    if (checkout / "lanewise").is_file() and (checkout / "pom.xml").is_file():
        return str(checkout / "lanewise")
    found = shutil.which("lanewise")
    if not found:
        raise EngineError(
            "found no program 'lanewise', expected one: name it by the environment variable LANEWISE"
            " or the argument 'program', or put it on the PATH"
        )
    return os.path.abspath(found)


class Process:
    """A running `lanewise serve`. One thread at a time may ask it."""

    def __init__(self, program, folder=None):
        # A file, not a pipe: nobody empties a pipe while the process works, and a full one would stop it.
        self._log = tempfile.TemporaryFile()
        words = [program, "serve"] + (["--scratch", os.fspath(folder)] if folder else [])
        try:
            self._process = subprocess.Popen(
                words,
                bufsize=0,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._log,
                start_new_session=True,  # Ctrl-C is for Python, which then ends it
            )
        except OSError as e:
            self._log.close()
            raise EngineError(f"{program}: found no program that starts ({e.strerror}), expected 'lanewise'") from e
        # No buffer for requests: a forked child that closed it would send what is in it once more.
        self._requests = self._process.stdin
        self._replies = os.fdopen(os.dup(self._process.stdout.fileno()), "rb")
        self._process.stdout.close()
        self.scratch = None
        try:
            self.scratch = self._read()["scratch"]
        except BaseException:
            self.kill()
            raise

    @property
    def pid(self):
        return self._process.pid

    def lives(self):
        return self._process.poll() is None

    def ask(self, request, names=()):
        """The reply to a request.

        names: pairs of a path and what the reply calls it instead.
        Any exception but those that the engine replied with leaves a process that cannot be used any more.
        """
        line = memoryview(json.dumps(request).encode() + b"\n")
        try:
            while line:
                line = line[self._requests.write(line) :]
        except OSError:
            raise self._ended() from None
        reply = self._read(names)
        if "error" in reply:
            raise of_reply(reply["error"])
        return reply

    def _read(self, names=()):
        line = self._replies.readline()
        if not line.endswith(b"\n"):
            raise self._ended()
        text = line.decode()
        # The longest first: /proc/1/fd/1 is the beginning of /proc/1/fd/12.
        for path, name in sorted(names, key=lambda pair: -len(pair[0])):
            text = text.replace(path, name)
        try:
            reply = json.loads(text)
        except ValueError:
            reply = None
        if not isinstance(reply, dict):
            self.kill()
            raise EngineError(f"{self._process.args[0]}: found {text[:80].strip()!r}, expected a reply of 'lanewise serve'")
        return reply

    def _ended(self):
        """What the process said when it ended."""
        self._wait()  # its pipes are closed a moment before it ends
        self._stop()
        self._log.seek(0)
        said = self._log.read()[-2000:].decode(errors="replace").strip()
        self.kill()
        return EngineError(
            f"{self._process.args[0]}: found the process ended with code {self._process.returncode}, expected a reply"
            + (f"; it said: {said}" if said else "")
        )

    def close(self):
        """Lets the process end, and waits for it."""
        self._requests.close()
        self._wait()
        self.kill()

    def _wait(self):
        try:
            self._process.wait(_SECONDS_TO_END)
        except subprocess.TimeoutExpired:
            pass

    def _stop(self):
        if self.lives():
            self._process.kill()
        self._process.wait()

    def kill(self):
        self._stop()
        self._log.close()
        self._requests.close()
        self._replies.close()
        if self.scratch:
            shutil.rmtree(self.scratch, ignore_errors=True)

    def forget(self):
        """In a forked child: the process is the parent's."""
        self._requests.close()
        self._replies.close()
        self._log.close()
        self._process.returncode = 0  # else Popen says that nobody waited for it
