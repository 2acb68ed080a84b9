"""The process behind the package: how it is found, how it ends, and who may use it."""

import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest

import numpy

import lanewise
from lanewise import Engine, EngineError, InputError

ONES = numpy.ones((10, 2))
ZEROS = numpy.zeros((10, 2))


def ask(engine, factor=1.0):
    return engine.evaluate("gaussian-kl", mu=ONES * factor, logvar=ZEROS)["kl"]


def ended(pid):
    """Whether a process ends within a while, with all its threads: its parent is told after the last one."""
    for _ in range(600):
        try:
            with open(f"/proc/{pid}/stat") as stat:
                zombie = stat.read().rpartition(")")[2].split()[0] == "Z"
            if zombie and len(os.listdir(f"/proc/{pid}/task")) == 1:
                return True
        except (FileNotFoundError, ProcessLookupError):
            return True
        time.sleep(0.1)
    return False


class EngineTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.engine = Engine()
        cls.addClassCleanup(cls.engine.close)

    def test_starts_late_and_stays(self):
        with Engine() as engine:
            self.assertIsNone(engine.pid)
            self.assertEqual(ask(engine), 1)
            pid = engine.pid
            self.assertEqual(ask(engine, 2), 4)
            with self.assertRaises(InputError):
                ask(engine, numpy.nan)
            self.assertEqual(ask(engine), 1)
            self.assertEqual(engine.pid, pid)
        self.assertIsNone(engine.pid)
        self.assertTrue(ended(pid))
        with self.assertRaisesRegex(EngineError, "found an engine that is closed"):
            ask(engine)

    def test_starts_again_after_its_end(self):
        self.assertEqual(ask(self.engine), 1)
        pid, scratch = self.engine.pid, self.engine._process.scratch
        self.assertTrue(os.path.isdir(scratch))
        os.kill(pid, signal.SIGKILL)
        self.assertTrue(ended(pid))
        self.assertEqual(ask(self.engine), 1)
        self.assertNotEqual(self.engine.pid, pid)
        self.assertFalse(os.path.exists(scratch))

    def test_says_that_it_ended_during_a_call(self):
        with tempfile.TemporaryDirectory() as folder:
            # Opening it waits for somebody who writes.
            pipe = os.path.join(folder, "pipe.npy")
            os.mkfifo(pipe)
            ask(self.engine)
            pid = self.engine.pid
            timer = threading.Timer(1, os.kill, (pid, signal.SIGKILL))
            timer.start()
            with self.assertRaisesRegex(EngineError, "found the process ended with code -9, expected a reply"):
                self.engine.evaluate("gaussian-kl", pipe)
            timer.join()
        self.assertEqual(ask(self.engine), 1)

    def test_threads_take_turns(self):
        results, threads = {}, []

        def work(i):
            results[i] = [ask(self.engine, i) for _ in range(5)]

        for i in range(6):
            threads.append(threading.Thread(target=work, args=(i,)))
            threads[-1].start()
        for thread in threads:
            thread.join()
        self.assertEqual(results, {i: [i * i] * 5 for i in range(6)})

    @unittest.skipUnless(hasattr(os, "fork"), "found no fork")
    def test_a_forked_child_has_its_own(self):
        self.assertEqual(ask(self.engine), 1)
        pid = self.engine.pid
        read, write = os.pipe()
        child = os.fork()
        if child == 0:
            status = 1
            try:
                os.write(write, f"{ask(self.engine, 3)} {self.engine.pid}".encode())
                self.engine.close()
                status = 0
            finally:
                os._exit(status)
        os.close(write)
        with os.fdopen(read) as told:
            value, other = told.read().split()
        self.assertEqual(os.waitpid(child, 0)[1], 0)
        self.assertEqual(float(value), 9)
        self.assertNotEqual(int(other), pid)
        self.assertEqual(ask(self.engine), 1)
        self.assertEqual(self.engine.pid, pid)

    @unittest.skipUnless(hasattr(os, "fork"), "found no fork")
    def test_ends_with_the_interpreter_whatever_its_children_do(self):
        # A child that was forked and lives on must not keep the process.
        program = """
import os, sys, time, lanewise
engine = lanewise.Engine()
engine.evaluate("gaussian-kl", mu=[[1.0]], logvar=[[0.0]])
child = os.fork()
if child == 0:
    time.sleep(60)
    os._exit(0)
print(engine.pid, child, engine._process.scratch, flush=True)
if sys.argv[1] == "killed":
    os.kill(os.getpid(), 9)
"""
        for end in ("done", "killed"):
            with self.subTest(end):
                with tempfile.TemporaryFile("w+") as out:
                    subprocess.run([sys.executable, "-c", program, end], stdout=out, timeout=300)
                    out.seek(0)
                    pid, child, scratch = out.read().split()
                self.assertTrue(ended(pid))
                self.assertFalse(os.path.exists(scratch))
                os.kill(int(child), signal.SIGKILL)

    def test_leaves_no_files(self):
        with tempfile.TemporaryDirectory() as folder:
            with Engine(folder=folder) as engine:
                self.assertEqual(ask(engine), 1)
                scratch = engine._process.scratch
                self.assertEqual(os.path.dirname(scratch), folder)
                engine.evaluate("gaussian-kl", mu=ONES, logvar=ZEROS, outputs=True)
                with self.assertRaisesRegex(InputError, "^rows: row 0 .*found NaN"):
                    ask(engine, numpy.nan)
                self.assertEqual(os.listdir(folder), [os.path.basename(scratch)])
                self.assertEqual(os.listdir(scratch), [])
            self.assertEqual(os.listdir(folder), [])

    @unittest.skipUnless(hasattr(os, "memfd_create"), "found no memory files")
    def test_keeps_no_memory_files(self):
        ask(self.engine)
        before = len(os.listdir("/proc/self/fd"))
        of_engine = len(os.listdir(f"/proc/{self.engine.pid}/fd"))
        for factor in (1, numpy.nan) * 5:
            try:
                ask(self.engine, factor)
            except InputError:
                pass
        self.assertEqual(len(os.listdir("/proc/self/fd")), before)
        self.assertLessEqual(len(os.listdir(f"/proc/{self.engine.pid}/fd")), of_engine + 3)

    def test_interruption(self):
        """Ctrl-C during a call: the next call does not get the reply of the one before."""
        program = """
import os, signal, tempfile, threading, lanewise
engine = lanewise.Engine()
engine.evaluate("gaussian-kl", mu=[[1.0]], logvar=[[0.0]])
pipe = os.path.join(tempfile.mkdtemp(), "pipe.npy")
os.mkfifo(pipe)
threading.Timer(1, os.kill, (os.getpid(), signal.SIGINT)).start()
try:
    engine.evaluate("gaussian-kl", pipe)
except KeyboardInterrupt:
    print("interrupted")
print(engine.evaluate("gaussian-kl", mu=[[3.0]], logvar=[[0.0]])["kl"])
os.remove(pipe); os.rmdir(os.path.dirname(pipe))
"""
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=300)
        self.assertEqual(done.stdout.split(), ["interrupted", "4.5"], done.stderr)

    def test_a_program_that_is_not_there(self):
        with self.assertRaisesRegex(EngineError, "argument 'program': found '/no/lanewise'"):
            ask(Engine("/no/lanewise"))
        with self.assertRaisesRegex(EngineError, "ended with code 0, expected a reply"):
            ask(Engine("/bin/true"))
        with self.assertRaisesRegex(EngineError, "'serve'.*expected a reply of 'lanewise serve'"):
            ask(Engine("/bin/echo"))
        with self.assertRaisesRegex(EngineError, "it said: .*serve"):
            ask(Engine("/bin/ls"))

    def test_a_program_is_found(self):
        program = 'import lanewise._process as p; print(p.find_program())'
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
        environment.pop("LANEWISE", None)
        with tempfile.TemporaryDirectory() as folder:
            # A package that is not within a checkout.
            package = os.path.dirname(lanewise.__file__)
            os.symlink("/bin/true", os.path.join(folder, "lanewise"))
            library = os.path.join(folder, "library")
            os.mkdir(library)
            subprocess.run(["cp", "-r", package, library], check=True)
            environment["PYTHONPATH"] = library

            def found(**more):
                done = subprocess.run(
                    [sys.executable, "-c", program], env={**environment, **more}, cwd=folder, capture_output=True, text=True
                )
                return done.stdout.strip() or done.stderr.strip().splitlines()[-1]

            self.assertIn("found no program 'lanewise', expected one: name it", found(PATH="/nowhere"))
            self.assertEqual(found(PATH=folder), os.path.join(folder, "lanewise"))
            self.assertEqual(found(PATH=folder, LANEWISE="/bin/ls"), "/bin/ls")
            self.assertIn("environment variable LANEWISE: found '/no'", found(LANEWISE="/no"))


if __name__ == "__main__":
    unittest.main()
