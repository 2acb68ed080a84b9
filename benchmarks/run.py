"""Runs everything that docs/performance.md shows, in rounds; see run.sh.

A round is: limits, SIMD kernels, peers; at one thread, then at two. Rounds follow each other until the time
is used, so that what a figure is compared with was measured minutes apart from it at most, several times.
The baselines (scalar, auto) belong to the first round. Each JMH run is one fork a benchmark.
"""

import argparse
import datetime
import json
import os
import platform
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
import report  # noqa: E402

JAR = HERE / "target" / "benchmarks.jar"
KERNELS = r"io\.lanewise\.benchmarks\..*Benchmark\.run"
LIMITS = r"io\.lanewise\.benchmarks\.MachineLimit\.run"
CHECK = re.compile(r"check (\{.*?\})")


class Chunk:
    """One JMH run, or one run of the peers: a part of a round.

    `seconds` is a first guess of what it takes; from the second round on it is what it took.
    """

    def __init__(self, name, threads, seconds, every_round, jmh=None, peers=None, program=None):
        self.name, self.threads, self.seconds, self.every_round = name, threads, seconds, every_round
        self.jmh, self.peers, self.program = jmh, peers, program


def jmh_options(include, size, dtypes, implementations, warmups, iterations, milliseconds):
    options = [include, "-f", "1", "-wi", str(warmups), "-w", f"{milliseconds}ms", "-i", str(iterations), "-r",
               f"{milliseconds}ms", "-p", f"dtype={dtypes}", "-p", f"size={size}"]
    return options + (["-p", f"implementation={implementations}"] if implementations else [])


JAVACPP = HERE / "target" / "peers.classpath"  # what the profile `peers` adds to the jar


def numpy_peer():
    return [sys.executable, str(HERE / "peers" / "numpy_peer.py")]


def javacpp_peers(java):
    """libtorch and OpenBLAS through JavaCPP; their few plain loops are compiled before they are timed (-Xbatch)."""
    return [java, "-Xbatch", "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow", "-cp",
            os.pathsep.join([str(JAR), JAVACPP.read_text(encoding="utf-8").strip()]), "io.lanewise.benchmarks.Peers"]


def chunks(quick, peers, javacpp=None):
    """What a round consists of; `javacpp` is the command of those peers, if they are wanted too.

    A quick one has float32 (but for exact sums) and rows of 512, no forms in place of what is given, the Langevin step
    with given noise as a transform only, no compensated sums, baselines in the cache only, and at two threads a few
    kernels in memory.
    """
    out = []
    for threads in (1, 2):
        some = quick and threads == 2
        if some:
            peak = jmh_options(LIMITS, "L2", "FLOAT32,FLOAT64", None, 2, 3, 100) + ["-p", "limit=fma"]
            out.append(Chunk("limit fma", threads, 5, True, jmh=[peak]))
        for size in ("DRAM",) if some else ("L2", "DRAM"):
            out += chunks_of(size, threads, quick)
        if peers:
            arguments = [["--dtypes", "FLOAT32" if quick else "FLOAT32,FLOAT64", "--seconds", "0.06" if quick else "0.12"]]
            if some:
                arguments[0] += ["--sizes", "DRAM", "--benchmarks", ",".join(FEW)]
            elif quick:
                arguments.append(["--dtypes", "FLOAT64", "--seconds", "0.06", "--sizes", "L2", "--benchmarks", "ExactSum"])
            out.append(Chunk("peers", threads, (12 if some else 50) if quick else 180, True, peers=arguments,
                             program=numpy_peer()))
            if javacpp:
                out.append(Chunk("peers through JavaCPP", threads, (15 if some else 60) if quick else 200, True,
                                 peers=arguments[:1], program=javacpp))
    return out


# At two threads in quick mode: limited by memory, by arithmetic in either precision, and by noise.
FEW = ("SquaredError", "GaussianKl", "Noise", "PairwiseProducts")


def chunks_of(size, threads, quick):
    """The limits, the kernels and the baselines of one size."""
    dtypes = "FLOAT32" if quick else "FLOAT32,FLOAT64"
    dims = "512" if quick else "512,64"
    milliseconds, cost = (100, 2.4) if size == "L2" else (150, 3.6)
    # The benchmarks' setup has the kernels compiled, so that little is left to warm up.
    warmups, iterations = (2 if size == "L2" else 1), (3 if quick else 5)

    def options(include, of, implementations=None, to=dtypes):
        return jmh_options(include, size, to, implementations, *of, milliseconds)

    counts = (warmups, iterations)
    kinds = "read,copy,triad,update" + (",fma" if size == "L2" else "")
    limits = [options(LIMITS, counts) + ["-p", f"limit={kinds}"]]
    if quick:
        # Exact sums read float64, and sums of products are float64 whatever the data.
        limits.append(options(LIMITS, counts, to="FLOAT64") + ["-p", "limit=read" + (",fma" if size == "L2" else "")])
    kernels = runs(options, counts, "SIMD", dims, quick, quick and threads == 2)
    number = sum(expected for _, expected in kernels)
    out = [Chunk(f"limits {size}", threads, (7 if quick else 10) * cost, True, jmh=limits),
           Chunk(f"kernels {size}", threads, number * cost, True, jmh=[run for run, _ in kernels])]
    if size == "L2" or (threads == 1 and not quick):
        baselines = runs(options, (1, 3) if size == "L2" else (0, 2), "SCALAR,AUTO", "512", quick, False)
        number = sum(expected for _, expected in baselines)
        out.append(Chunk(f"baselines {size}", threads, number * cost, False, jmh=[run for run, _ in baselines]))
    return out


def only(*names):
    return KERNELS.replace(".*Benchmark", f"({'|'.join(names)})Benchmark")


def runs(options, counts, implementations, dims, quick, few):
    """JMH runs of every kernel, each with about how many forks it has.

    A parameter is set for all benchmarks of a run that have it, hence apart: kernels whose row length is their own
    (the vocabulary of LogSumExp), that are float64 only (ExactSum), or that have a form of one type only (SINGLE).
    """
    simd = implementations == "SIMD"
    types, forms = (1 if quick else 2), len(implementations.split(","))
    rows = ["-p", f"dim={dims}"]
    if few:
        return [(options(only(*FEW), counts, "SIMD") + rows + ["-p", "stream=philox"], 4),
                (options(only("GaussianKl", "PairwiseProducts"), counts, "SINGLE", "FLOAT32") + rows, 2)]
    apart = ["-e", "LogSumExp", "-e", "ExactSum"]
    given = ["-p", "inPlace=false", "-p", "eps=given,generated", "-p", "noise=philox"] if quick else []
    if quick and not simd:
        given += ["-p", "stream=philox", "-e", r"\.StepBenchmark"]
    out = [(options(KERNELS, counts, implementations) + apart + rows + given,
            (19 if quick else 33) * types if simd else (14 if quick else 23) * types * forms),
           (options(only("LogSumExp"), counts, implementations), types * forms)]
    exact = implementations + ("" if quick or not simd else ",COMPENSATED")
    out.append((options(only("ExactSum"), counts, exact, "FLOAT64"), 2 if quick and simd else 4))
    if simd:
        single = only("GaussianKl", "SquaredError", "Reparameterize", "Softplus", "CrossProducts", "PairwiseProducts")
        out.append((options(single, counts, "SINGLE", "FLOAT32") + rows + (["-p", "eps=given"] if quick else []),
                    6 if quick else 10))
        out.append((options(only("LogSumExp"), counts, "SINGLE", "FLOAT32"), 1))
        if not quick:
            out.append((options(only("GaussianKl"), counts, "SIMD,SINGLE", "FLOAT32") + ["-p", "dim=16,4096"], 4))
    return out


def run_jmh(options, threads, java, log):
    """Runs JMH once; its results, and the lines in which benchmarks say that their results are right."""
    with tempfile.TemporaryDirectory() as folder:
        file = os.path.join(folder, "jmh.json")
        command = [java, "-jar", str(JAR), *options, "-t", str(threads), "-rf", "json", "-rff", file]
        process = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        log.write(process.stdout)
        log.flush()
        results = json.load(open(file, encoding="utf-8")) if os.path.exists(file) else []
    checks = [json.loads(line) for line in CHECK.findall(process.stdout)]
    problems = [line for line in process.stdout.splitlines() if "IllegalStateException" in line
                or "OutOfMemoryError" in line]
    return results, checks, problems


def run_peers(program, options, threads, log):
    with tempfile.TemporaryDirectory() as folder:
        file = os.path.join(folder, "peers.json")
        command = [*program, *options, "--threads", str(threads), "--output", file]
        # Threads that wait give way to those that work.
        process = subprocess.run(command, env={**os.environ, "OMP_WAIT_POLICY": "PASSIVE"}, stdout=subprocess.PIPE,
                                 stderr=subprocess.STDOUT, text=True, check=False)
        log.write(process.stdout)
        log.flush()
        if not os.path.exists(file):
            lines = [line for line in process.stdout.splitlines() if line.strip()]
            return [], [line for line in lines if "Exception" in line][:1] or lines[-1:]
        return json.loads(Path(file).read_text(encoding="utf-8")), []


def java25():
    """The JDK 25 of JAVA_HOME, or the one that the build found, so that nothing has to be set."""
    launch = HERE.parent / "cli" / "target" / "launch" / "java-home"
    homes = [os.environ.get("JAVA_HOME", ""), launch.read_text().strip() if launch.exists() else ""]
    for home in homes:
        release = Path(home) / "release" if home else None
        if release and release.exists() and 'JAVA_VERSION="25' in release.read_text():
            return str(Path(home) / "bin" / "java")
    return "java"


def machine(java):
    """What the figures depend on; the name of the class of machines they hold for."""
    cpu, flags = platform.processor() or platform.machine(), ""
    memory = 0
    try:
        text = Path("/proc/cpuinfo").read_text()
        cpu = re.search(r"model name\s*:\s*(.*)", text).group(1)
        flags = re.search(r"flags\s*:\s*(.*)", text).group(1)
        memory = int(re.search(r"MemTotal:\s*(\d+)", Path("/proc/meminfo").read_text()).group(1)) >> 20
    except (OSError, AttributeError):
        pass
    extension = next((name for name in ("avx512f", "avx2", "sse4_2") if name in flags.split()), platform.machine())
    version = subprocess.run([java, "-version"], stderr=subprocess.PIPE, text=True, check=False).stderr
    cores = os.cpu_count()
    return {"cpu": cpu, "cores": cores, "memoryGiB": memory, "extension": extension,
            "os": f"{platform.system()} {platform.release()}", "jvm": " / ".join(version.splitlines()[1:3]),
            "load": os.getloadavg()[0],
            "class": re.sub(r"[^a-z0-9]+", "-", f"{cpu}-{extension}-{cores}".lower()).strip("-")}


def revision():
    command = ["git", "-C", str(HERE), "describe", "--always", "--dirty"]
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False).stdout.strip()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--quick", action="store_true", help="float32, rows of 512, one round: 7 minutes at most")
    parser.add_argument("--minutes", type=float, help="time to use; 40, or 7 with --quick, and a fifth more with --peers")
    parser.add_argument("--no-peers", action="store_true", help="without NumPy and PyTorch")
    parser.add_argument("--peers", action="store_true", help="with libtorch and OpenBLAS through JavaCPP too")
    arguments = parser.parse_args()
    if arguments.peers and arguments.no_peers:
        parser.error("found --peers and --no-peers, expected one of them")
    if arguments.peers and not JAVACPP.exists():
        parser.error(f"found no {JAVACPP}, expected it of ./mvnw -Ppeers -pl engine,benchmarks package")
    budget = 60 * (arguments.minutes or (7 if arguments.quick else 40) * (1.2 if arguments.peers else 1))
    java = java25()
    about = machine(java)
    start = time.monotonic()
    date = datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="minutes")
    data = {"date": date, "revision": revision(), "quick": arguments.quick, "machine": about, "skipped": [],
            "problems": [], "jmh": [], "checks": [], "peers": []}
    results = HERE / "results"
    results.mkdir(exist_ok=True)
    plan = chunks(arguments.quick, not arguments.no_peers, javacpp_peers(java) if arguments.peers else None)
    done_something, round_number = True, 0
    with open(HERE / "target" / "run.log", "w", encoding="utf-8") as log:
        while done_something and (round_number == 0 or not arguments.quick):
            done_something = False
            for chunk in plan:
                name = f"{chunk.name}, {chunk.threads} thread{'s' if chunk.threads > 1 else ''}"
                if round_number and not chunk.every_round:
                    continue
                begin = time.monotonic()
                if begin - start + chunk.seconds > budget:
                    data["skipped"].append(f"round {round_number + 1}: {name}")
                    continue
                for options in chunk.jmh or []:
                    found, checks, problems = run_jmh(options, chunk.threads, java, log)
                    data["jmh"] += [{"round": round_number, **entry} for entry in found]
                    data["checks"] += checks
                    data["problems"] += problems
                for options in chunk.peers or []:
                    found, problems = run_peers(chunk.program, options, chunk.threads, log)
                    data["peers"] += [{"round": round_number, **entry} for entry in found]
                    data["problems"] += problems
                chunk.seconds = time.monotonic() - begin
                done_something = True
                elapsed = time.monotonic() - start
                print(f"{elapsed / 60:5.1f} min  round {round_number + 1}  {name}: {chunk.seconds:.0f} s", flush=True)
            round_number += 1
    data["minutes"] = round((time.monotonic() - start) / 60, 1)
    data["machine"]["loadAfter"] = os.getloadavg()[0]
    file = results / f"{about['class']}.json"
    with open(file, "w", encoding="utf-8") as out:
        json.dump(report.slim(data), out, indent=0, sort_keys=True)
        out.write("\n")
    report.write(file, HERE.parent / "docs")
    print(f"wrote {file.relative_to(HERE.parent)} and docs/performance.md")
    for problem in data["problems"]:
        print("problem: " + problem, file=sys.stderr)
    sys.exit(1 if data["problems"] else 0)


if __name__ == "__main__":
    main()
