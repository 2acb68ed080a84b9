"""Turns a file of results into docs/performance.md and its two plots."""

import json
import statistics
import sys
from pathlib import Path

from targets import GROUPING, SAMPLE_METRICS, TARGETS, WHOLE_RUNS

HERE = Path(__file__).resolve().parent
BYTES = {"float32": 4, "float64": 8}

# benchmark: (name on the page, values moved for each element, which limit)
# The values are those of the named arrays: what a write reads for ownership is not counted.
KERNELS = {
    "LinearCombination": ("noising, eps given", 3, "triad"),
    "LinearCombination.inPlace": ("noising in place of eps", 3, "update"),
    "GeneratedNoising": ("noising, eps generated", 2, "copy"),
    "GeneratedNoising.threefry": ("noising, eps generated (Threefry4x32-13)", 2, "copy"),
    "Noise": ("standard normals (Philox4x32-10)", 1, None),
    "Noise.threefry": ("standard normals (Threefry4x32-13)", 1, None),
    "Reparameterize.given": ("reparameterization, eps given", 4, "triad"),
    "Reparameterize.inPlace": ("reparameterization in place of eps", 4, "update"),
    "Reparameterize.generated": ("reparameterization, eps generated", 3, "triad"),
    "LangevinStep.given": ("Langevin step, score and noise given", 4, "triad"),
    "LangevinStep.generated": ("Langevin step in place, noise generated", 2, "update"),
    "LangevinStep.generated.threefry": ("Langevin step in place, noise generated (Threefry4x32-13)", 2, "update"),
    "SquaredError": ("squared error a row", 2, "read"),
    "GaussianKl": ("Gaussian KL a row", 2, "read"),
    "LogSumExp": ("log-softmax at a target, V=32000", 1, "read"),
    "Softplus": ("softplus (GAN losses)", 1, "read"),
    "AffineFlow": ("affine flow log-density", 1, "read"),
    "RowSum": ("row sums", 1, "read"),
    "ColumnMoments": ("mean and variance of columns", 1, "read"),
    "CrossProducts": ("cross-products (covariance)", 1, "fma"),
    "PairwiseProducts": ("dot products of all pairs, in float64", 1, "fma"),
    "Step.ddim": ("DDIM step, timestep a row (transform)", 3, "triad"),
    "Step.ddpm": ("DDPM step, timestep a row, noise given (transform)", 4, "triad"),
    "Step.langevin": ("Langevin step, score and noise given (transform)", 4, "triad"),
    "ExactSum": ("exact sum", 1, "read"),
    "ExactSum.products": ("exact sum of products", 2, "read"),
}
# Implementations that compute something else, and so have rows of their own, below those of the benchmark.
SINGLE, COMPENSATED = ".single", ".compensated"
# A stream that is not the default has rows and baselines of its own, and the default's peers.
THREEFRY = ".threefry"
OWN = {"SINGLE": SINGLE, "COMPENSATED": COMPENSATED}
KERNELS = {name: entry for base, (label, values, limit) in KERNELS.items() for name, entry in (
    (base, (label, values, limit)),
    (base + SINGLE, ((label.removesuffix(", in float64")) + ", single precision", values, limit)),
    (base + COMPENSATED, (label.replace("exact", "compensated") + ", plain Java", values, limit)))}
# Floating-point operations for each element: of x, against the upper triangle, or against every row of y.
FLOPS = {"CrossProducts": {"L2": 128 + 1, "DRAM": 2048 + 1}, "PairwiseProducts": {"L2": 2 * 64, "DRAM": 2 * 512}}
WITH_ROWS = {"LinearCombination", "LinearCombination.inPlace", "SquaredError", "GaussianKl", "AffineFlow", "RowSum",
             "ColumnMoments"}
FMA_LOOPS, FMA_CHAINS = 4096, 12  # as in MachineLimit


class Figure:
    """Samples of one quantity: its median, and the spread."""

    def __init__(self, samples):
        self.samples = sorted(samples)
        self.median = statistics.median(self.samples)

    def text(self):
        return f"{digits(self.median)} [{digits(self.samples[0])}–{digits(self.samples[-1])}]"


def digits(x):
    """Three significant digits, without an exponent."""
    if x >= 100:
        return f"{x:.0f}"
    if x >= 10:
        return f"{x:.1f}"
    return f"{x:.2f}" if x >= 1 else f"{x:.3f}"


def slim(data):
    """The results without what JMH says of itself for every benchmark."""
    keep = ("round", "benchmark", "params", "threads", "forks", "jvmArgs")
    entries = []
    for entry in data["jmh"]:
        short = {key: entry[key] for key in keep if key in entry}
        short["jvmArgs"] = [a for a in entry.get("jvmArgs", []) if a.startswith("--")]
        short["unit"] = entry["primaryMetric"]["scoreUnit"]
        short["samples"] = [x for fork in entry["primaryMetric"]["rawData"] for x in fork]
        entries.append(short)
    return {**data, "jmh": entries}


def benchmark_of(entry):
    """The name that checks and peers use too, such as Reparameterize.given."""
    name = entry["benchmark"].split(".")[-2].removesuffix("Benchmark")
    params = entry.get("params", {})
    for variant in ("eps", "noise", "limit", "step"):
        if variant in params:
            name += "." + {"philox": "generated", "threefry": "generated" + THREEFRY}.get(params[variant], params[variant])
    if params.get("stream", "philox") != "philox":
        name += "." + params["stream"]
    if params.get("inPlace") == "true":
        name += ".inPlace"
    if params.get("terms") == "products":
        name += ".products"
    return name + OWN.get(params.get("implementation"), "")


def base_of(name):
    """The benchmark that a row of its own belongs to: what its baselines and peers were measured as."""
    return name.removesuffix(SINGLE).removesuffix(COMPENSATED)


def key(benchmark, dtype, size, dim, threads):
    """Row lengths belong to the identity only of kernels with rows."""
    return benchmark, dtype.lower(), size, int(dim) if base_of(benchmark) in WITH_ROWS else 0, int(threads)


class Results:
    """Everything measured, in ns for each element, by key."""

    def __init__(self, data):
        self.data = data
        self.counts, self.errors, self.kernels = {}, {}, set()
        for check in data["checks"]:
            implementation = check["implementation"]
            at = key(check["benchmark"] + OWN.get(implementation, ""), check["dtype"], check["size"], check["dim"],
                     check["threads"])
            self.counts[at] = check["count"]
            if implementation == "SIMD" or implementation in OWN:
                self.errors[at] = max(self.errors.get(at, 0), check["error"])
                if implementation != "COMPENSATED" and not check["benchmark"].startswith("MachineLimit"):
                    self.kernels.add(check["kernels"])
        samples = {}
        for entry in data["jmh"]:
            params = entry["params"]
            at = key(benchmark_of(entry), params["dtype"], params["size"], params.get("dim", 0), entry["threads"])
            if at not in self.counts:
                continue
            who = params.get("implementation", "LIMIT")
            if who == "SINGLE" and at[1] != "float32":
                continue  # the same as SIMD
            if who in OWN:
                who = "SIMD"  # of a row of its own
            # JMH gives the mean time of an operation in each thread, which is a slice.
            elements = self.counts[at] * entry["threads"]
            samples.setdefault((at, who), []).extend(x / elements for x in entry["samples"])
        self.ours = {both: Figure(values) for both, values in samples.items()}
        peers = {}
        for entry in data["peers"]:
            at = key(entry["benchmark"], entry["dtype"], entry["size"], entry["dim"], entry["threads"])
            peers.setdefault(at, {}).setdefault((entry["peer"], entry["formulation"]), []).extend(entry["ns"])
        self.peers = {at: {who: Figure(ns) for who, ns in of.items()} for at, of in peers.items()}

    def best_peer(self, at):
        """The fastest by its median, and who it is."""
        same = base_of(at[0]).removesuffix(THREEFRY)
        of = self.peers.get(at) or (None if at[0].endswith(COMPENSATED) else self.peers.get((same, *at[1:])))
        if not of:
            return None
        who = min(of, key=lambda candidate: of[candidate].median)
        return who, of[who]

    def rate(self, limit, dtype, size, threads):
        """GB/s of a limit."""
        values = {"read": 1, "copy": 2, "triad": 3, "update": 2}[limit]
        figure = self.ours.get((key("MachineLimit." + limit, dtype, size, 0, threads), "LIMIT"))
        return figure and values * BYTES[dtype] / figure.median

    def peak(self, dtype, threads):
        """GFLOP/s of fused multiply-adds."""
        at = key("MachineLimit.fma", dtype, "L2", 0, threads)
        figure = self.ours.get((at, "LIMIT"))
        if not figure:
            return None
        bits = next(int(c["kernels"]) for c in self.data["checks"] if c["benchmark"] == "MachineLimit.fma")
        flops = 2 * FMA_LOOPS * FMA_CHAINS * (bits // 8 // BYTES[dtype])
        return flops / (figure.median * self.counts[at])  # the time of one call in one thread, for each thread


def row_of(results, at):
    """The cells of one row, as a dict; None if the kernel was not measured."""
    benchmark, dtype, size, dim, threads = at
    figure = results.ours.get((at, "SIMD"))
    if figure is None:
        return None
    _, values, limit = KERNELS[benchmark]
    out = {"figure": figure, "error": results.errors.get(at), "limit": limit}
    if limit == "fma":
        out["speed"] = FLOPS[base_of(benchmark)][size] / figure.median
        out["unit"] = "GFLOP/s"
        # Whatever the data, it is accumulated in float64, unless in single precision.
        peak = results.peak("float32" if benchmark.endswith(SINGLE) else "float64", threads)
    else:
        out["speed"] = values * BYTES[dtype] / figure.median
        out["unit"] = "GB/s"
        peak = results.rate(limit, dtype, size, threads) if limit else None
    out["share"] = out["speed"] / peak if peak else None
    for who in ("SCALAR", "AUTO"):
        base = base_of(benchmark)
        # What a loop of one's own draws does not depend on the stream.
        names = (base, base.removesuffix(THREEFRY)) if who == "AUTO" else (base,)
        other = next((f for f in (results.ours.get(((name, *at[1:]), who)) for name in names) if f), None)
        out[who] = other.median / figure.median if other else None
    peer = results.best_peer(at)
    out["peer"] = peer and (peer[1].median / figure.median, peer[1], *peer[0])
    return out


def keys_of(results):
    """Measured kernels in the order of the page."""
    order = list(KERNELS)
    found = {at for at, who in results.ours if who == "SIMD" and at[0] in KERNELS}
    return sorted(found, key=lambda at: (order.index(at[0]), at[1], at[2] != "L2", -at[3], at[4]))


def ratio(x):
    return "–" if x is None else f"{digits(x)}x"


# Slower than half the plain form: no vectors ran.
COLD = 0.5
COLD_NOTE = """† Slower than its own plain form: the JVM had not compiled the kernel when it was timed, though it was rehearsed
for up to 20 seconds. Until C2 has, vectors are objects, a hundred to a thousand times slower. It is what a short run
on a busy machine sees, not the kernel's speed.

"""


def table(results):
    lines = ["| kernel | dtype | size | row | threads | ns/element | speed | of the limit | x scalar | x auto "
             "| x best peer | which | max error |",
             "|---|---|---|---|---|---|---|---|---|---|---|---|---|"]
    for at in keys_of(results):
        row = row_of(results, at)
        share = f"{row['share']:.2f} {row['limit']}" if row["share"] else "–"
        peer = row["peer"]
        which = f"{peer[2].split('+')[0]}, {peer[3].replace('_', ' ')}: {peer[1].text()}" if peer else "–"
        error = "–" if row["error"] is None else ("0" if row["error"] == 0 else f"{row['error']:.1e}")
        cold = " †" if row["SCALAR"] is not None and row["SCALAR"] < COLD else ""
        lines.append(
            f"| {KERNELS[at[0]][0]} | {at[1]} | {at[2]} | {at[3] or '–'} | {at[4]} | {row['figure'].text()}{cold} "
            f"| {digits(row['speed'])} {row['unit']} | {share} | {ratio(row['SCALAR'])} | {ratio(row['AUTO'])} "
            f"| {ratio(peer and peer[0])} | {which} | {error} |")
    return "\n".join(lines)


def limits_table(results):
    lines = ["| limit | dtype | size | threads | speed |", "|---|---|---|---|---|"]
    for limit, values in (("read", 1), ("copy", 2), ("triad", 3), ("update", 2)):
        for at, who in sorted(results.ours, key=str):
            if at[0] == "MachineLimit." + limit and who == "LIMIT":
                speeds = Figure([values * BYTES[at[1]] / ns for ns in results.ours[at, who].samples])
                lines.append(f"| {limit} | {at[1]} | {at[2]} | {at[4]} | {speeds.text()} GB/s |")
    for at, who in sorted(results.ours, key=str):
        if at[0] == "MachineLimit.fma" and at[2] == "L2":
            lines.append(f"| fused multiply-add | {at[1]} | registers | {at[4]} "
                         f"| {digits(results.peak(at[1], at[4]))} GFLOP/s |")
    return "\n".join(lines)


def reached(what, target, found, part, why):
    """A row of targets: `why` only where it is missed."""
    return f"| {what} | {target} | {found} | " + (f"{part:.0%} | {'' if part >= 1 else why} |" if part else "– | |")


def targets_table(results):
    """Targets beside what was reached; a reason where that is less."""
    lines = ["| kernel | size | row | threads | target | reached | of the target | why not more |",
             "|---|---|---|---|---|---|---|---|"]
    for target in TARGETS:
        row = row_of(results, (target.kernel, target.dtype, target.size, target.dim, target.threads))
        if target.share:
            wanted, found = f"{target.share:.2f} {KERNELS[target.kernel][2]}", row and row["share"]
            text = found and f"{found:.2f}"
            part = found and found / target.share
        else:
            wanted, found = f"{ratio(target.peer)} best peer", row and row["peer"] and row["peer"][0]
            text = found and ratio(found)
            part = found and found / target.peer
        where = f"{KERNELS[target.kernel][0]} | {target.size} | {target.dim or '–'} | {target.threads}"
        lines.append(reached(where, wanted, text or "not measured", part, target.why))
    return "\n".join(lines)


def bars(title, entries, unit, mark):
    """A plain SVG: one bar for each (label, value), and a line at `mark`."""
    width, left, step = 900, 410, 22
    top = max([mark, *(value for _, value in entries)], default=mark) * 1.12
    height = 60 + step * len(entries)
    scale = (width - left - 70) / top
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
           f'viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="12" role="img">',
           f"<title>{title}</title>", '<rect width="100%" height="100%" fill="white"/>',
           f'<text x="10" y="22" font-size="14" font-weight="bold">{title}</text>']
    for i, (label, value) in enumerate(entries):
        y = 40 + i * step
        out.append(f'<text x="{left - 8}" y="{y + 12}" text-anchor="end">{label}</text>')
        out.append(f'<rect x="{left}" y="{y}" width="{max(value * scale, 1):.1f}" height="15" fill="#2b6cb0"/>')
        out.append(f'<text x="{left + value * scale + 6:.1f}" y="{y + 12}">{digits(value)}{unit}</text>')
    x = left + mark * scale
    out.append(f'<line x1="{x:.1f}" y1="34" x2="{x:.1f}" y2="{height - 16}" stroke="#c53030" stroke-dasharray="4 3"/>')
    out.append("</svg>")
    return "\n".join(out) + "\n"


def plots(results):
    peers, shares = [], []
    for at in keys_of(results):
        if at[1] != "float32" or at[3] not in (0, 512) or at[4] != 1:
            continue
        row = row_of(results, at)
        label = f"{KERNELS[at[0]][0]}, {at[2]}"
        if row["peer"]:
            peers.append((label, row["peer"][0]))
        if row["share"]:
            shares.append((label, row["share"]))
    return {
        "performance-peers.svg": bars("Times as fast as the best peer: float32, 1 thread", peers, "x", 1),
        "performance-limit.svg": bars("Share of the machine's limit: float32, 1 thread", shares, "", 1),
    }


def end_to_end(file):
    if not file or not Path(file).exists():
        return ""
    data = json.loads(Path(file).read_text(encoding="utf-8"))
    lines = ["", "## From file to result", "",
             f"`benchmarks/end-to-end.sh {data['gib']}`, {data['date']}, revision {data['revision']}: seconds of "
             f"{data['rounds']} interleaved runs over a file in the page cache, two threads, the command's start "
             "included.", "", "| what | file | seconds | to reading once | to a copy |", "|---|---|---|---|---|"]
    by_name, groups = {}, []
    for entry in data["runs"]:
        if "ns" in entry:
            groups.append((entry["name"], entry["file"], Figure(entry["ns"])))
        else:
            by_name[entry["name"], entry["file"]] = Figure(entry["seconds"])
    for (name, of), figure in by_name.items():
        ratios = [ratio(figure.median / by_name[base, of].median) if (base, of) in by_name else "–"
                  for base in ("read", "copy")]
        lines.append(f"| {name} | {of} | {figure.text()} | {ratios[0]} | {ratios[1]} |")
    lines += ["", "Against the targets:", "", "| what | target | reached | of the target | why not more |",
              "|---|---|---|---|---|"]
    for target in WHOLE_RUNS:
        for (name, of), figure in by_name.items():
            if name == target.name:
                found = figure.median / by_name[target.base, of].median
                lines.append(reached(name, f"{digits(target.times)}x {target.base}", ratio(found), target.times / found,
                                     target.why))
    for name, of, figure in groups:
        lines.append(reached(f"{name} ({of})", f"{digits(GROUPING[0])} ns a row more", f"{figure.text()} ns",
                             GROUPING[0] / figure.median, GROUPING[1]))
    return "\n".join(lines) + "\n"


def sample_metrics(file):
    if not file or not Path(file).exists():
        return ""
    data = json.loads(Path(file).read_text(encoding="utf-8"))
    lines = ["", "## Whole sample metrics", "",
             f"`benchmarks/sample_metrics.py`, {data['date']}, revision {data['revision']}: seconds of {data['rounds']} "
             f"interleaved runs, each a process of its own with its start and its reading, {data['threads']} threads. "
             f"Fréchet distances of 2 x {data['rows']:,} rows of {data['dim']} features (float32), the others of "
             f"2 x {data['pairs']:,}. Memory is the peak of what is resident, mapped files included.", "",
             "| what | seconds | MiB | value |", "|---|---|---|---|"]
    figures = {entry["name"]: Figure(entry["seconds"]) for entry in data["runs"]}
    for entry in data["runs"]:
        lines.append(f"| {entry['name']} | {figures[entry['name']].text()} | {entry['mebibytes']} | {entry['value']:.6g} |")
    lines += ["", "Against the targets, in times as fast as the peer:", "",
              "| what | target | reached | of the target | why not more |", "|---|---|---|---|---|"]
    for target in SAMPLE_METRICS:
        found = figures[target.base].median / figures[target.name].median
        lines.append(reached(target.name, f"{ratio(target.times)} {target.base}", ratio(found), found / target.times,
                             target.why))
    return "\n".join(lines) + "\n"


def page(data, whole_runs=""):
    results = Results(data)
    about = data["machine"]
    flags = sorted({flag for entry in data["jmh"] for flag in entry["jvmArgs"]})
    rounds = 1 + max((entry["round"] for entry in data["jmh"]), default=0)
    peers = sorted({entry["peer"] for entry in data["peers"]})
    # Rounds after the first fill what time is left.
    left_out = [name for name in data["skipped"] if name.startswith("round 1:")]
    skipped = f"- left out for lack of time: {'; '.join(left_out)}\n" if left_out else ""
    problems = "".join(f"- **problem**: {problem}\n" for problem in data["problems"])
    mode = "quick" if data["quick"] else "full"
    rows = table(results)
    return f"""# Performance

<!-- Generated by benchmarks/run.sh from benchmarks/results/{about['class']}.json: not edited by hand. -->

Every kernel on one machine, in one run, beside plain Java, the libraries one would use instead, and what the
machine allows. Repeat it with `benchmarks/run.sh` (40 minutes) or `benchmarks/run.sh --quick` (7); `--peers` adds libtorch, and
OpenBLAS for the products, through JavaCPP to the peers that Python brings.

- machine: {about['cpu']}, {about['cores']} cores, {about['extension']}, {about['memoryGiB']} GiB; {about['os']}
- load before and after: {about['load']:.1f}, {about.get('loadAfter', 0):.1f}
- JVM: {about['jvm']}
- flags: `{' '.join(flags)}`
- kernels: {', '.join(sorted(results.kernels))}
- peers: {', '.join(peers) or 'none'}
- date: {data['date']}, revision {data['revision']}, {mode} mode, {data['minutes']} minutes, {rounds} rounds{', the later ones in part' if rounds > 1 else ''}
{skipped}{problems}
An element is one value of one operand (of `mu` for KL, of `x` for noising). Times are the median
[smallest–largest] of all iterations of all rounds. Speed counts the named arrays only, not what a store reads
for ownership. L2: 256 KiB of operands a thread; DRAM: 512 MiB in all. *scalar* is the plain form of the kernel
(same bits), *auto* a loop as one would write it in Java, which C2 may vectorize; the noise's *auto* is
`SplittableRandom.nextGaussian`. Peers are given their destinations and the best of several formulations. The
error is relative above 1 and absolute below, against `StrictMath` or `BigDecimal`, checked before timing.
Squared errors, KL, log-softmax, flows, row sums, variances and cross-products are accumulated in float64 here;
the float32 figures of peers are accumulated in float32, but for cross-products and the dot products in float64.
In *single precision* elementary functions are float32 and sums float64; squared errors are float32 for 512 columns,
products of all pairs for 256, cross-products for 160 rows, then float64. Those rows are compared with the plain form and
the loop of the row above. Exact sums are float64; *auto* just adds, *compensated* is the loop of Neumaier, or of Ogita,
Rump and Oishi, and not exact. A *transform* is the whole objective between reading and writing.

{COLD_NOTE if "†" in rows else ""}![times as fast as the best peer](performance-peers.svg)

![share of the limit](performance-limit.svg)

## Kernels

{rows}

## Limits

{limits_table(results)}

## Targets

Set before the kernels were written, from prototypes on a machine with vectors of 512 bit and the peers of that time
(PyTorch 1.13, NumPy 1.24). float32.

{targets_table(results)}
{whole_runs}"""


def write(file, docs):
    """The page of a results file, and of the measurements of whole runs beside it."""
    file = Path(file)
    data = json.loads(file.read_text(encoding="utf-8"))
    docs.mkdir(exist_ok=True)
    whole_runs = (end_to_end(file.with_name(f"{file.stem}-end-to-end.json"))
                  + sample_metrics(file.with_name(f"{file.stem}-sample-metrics.json")))
    (docs / "performance.md").write_text(page(data, whole_runs), encoding="utf-8")
    for name, svg in plots(Results(data)).items():
        (docs / name).write_text(svg, encoding="utf-8")


def save(name, data, folder=HERE):
    """Keeps whole runs beside the results of the kernels, and writes the page again; returns their file."""
    results = folder / "results"
    results.mkdir(exist_ok=True)
    measured = results / f"{data['machine']['class']}.json"
    file = measured.with_name(f"{measured.stem}-{name}.json")
    file.write_text(json.dumps(data, indent=0, sort_keys=True) + "\n", encoding="utf-8")
    if measured.exists():
        write(measured, folder.parent / "docs")
    return file


if __name__ == "__main__":
    # report.py RESULTS.json: writes docs/ again without measuring.
    write(sys.argv[1], HERE.parent / "docs")
