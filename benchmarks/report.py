"""Turns a file of results into docs/performance-kernels.md, two plots, and the generated parts of docs/performance.md.

The rest of docs/performance.md is written by hand: only what stands between `<!-- measured: NAME -->` and
`<!-- /measured -->` is replaced.
"""

import json
import re
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
COLD_NOTE = """† Slower than its own plain form: the JVM had not yet compiled the kernel when it was timed, although the benchmark
had warmed it up for up to 20 seconds. Until C2 compiles it, vectors are objects, a hundred to a thousand times slower. This is
what a short run on a busy machine sees, not the speed of the kernel.

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


class Notes:
    """The reasons for missed targets: each once, numbered, below the table that refers to it."""

    def __init__(self):
        self.reasons = []

    def row(self, what, target, found, part, why):
        """A row of targets: the number of its reason only where it is missed."""
        if not part:
            return f"| {what} | {target} | {found} | – | |"
        if part >= 1 or not why:
            return f"| {what} | {target} | {found} | {part:.0%} | |"
        numbers = []
        for reason in why:
            if reason not in self.reasons:
                self.reasons.append(reason)
            numbers.append(str(self.reasons.index(reason) + 1))
        return f"| {what} | {target} | {found} | {part:.0%} | {', '.join(numbers)} |"

    def lines(self):
        return ["", *(f"{i + 1}. {reason}" for i, reason in enumerate(self.reasons))] if self.reasons else []


def kernel_targets(results):
    """Of each target: its place, what was wanted and found, as text, and how much of it was reached."""
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
        yield target, where, wanted, text or "not measured", part


def targets_table(results):
    """Targets beside what was reached; a reason where that is less."""
    notes = Notes()
    lines = ["| kernel | size | row | threads | target | reached | of the target | why |",
             "|---|---|---|---|---|---|---|---|"]
    for target, where, wanted, text, part in kernel_targets(results):
        lines.append(notes.row(where, wanted, text, part, target.why))
    return "\n".join(lines + notes.lines())


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


def end_to_end(data):
    lines = [f"`benchmarks/end-to-end.sh {data['gib']}`, {data['date']}, revision {data['revision']}: seconds of "
             f"{data['rounds']} interleaved runs over a file in the page cache, two threads, including the start of the "
             "command.", "", "| what | file | seconds | to reading once | to a copy |", "|---|---|---|---|---|"]
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
    notes = Notes()
    lines += ["", "| what | target | reached | of the target | why |", "|---|---|---|---|---|"]
    for target in WHOLE_RUNS:
        for (name, of), figure in by_name.items():
            if name == target.name:
                found = figure.median / by_name[target.base, of].median
                lines.append(notes.row(name, f"{digits(target.times)}x {target.base}", ratio(found), target.times / found,
                                       target.why))
    for name, of, figure in groups:
        lines.append(notes.row(f"{name} ({of})", f"{digits(GROUPING[0])} ns a row more", f"{figure.text()} ns",
                               GROUPING[0] / figure.median, GROUPING[1]))
    return "\n".join(lines + notes.lines())


def sample_metrics(data):
    lines = [f"`benchmarks/sample_metrics.py`, {data['date']}, revision {data['revision']}: seconds of {data['rounds']} "
             "interleaved runs. Each is a process of its own, including its start and its reading, with "
             f"{data['threads']} threads. Fréchet distances compare 2 x {data['rows']:,} rows of {data['dim']} features "
             f"(float32), the others 2 x {data['pairs']:,}. Memory is the peak of resident pages, mapped files included.", "",
             "| what | seconds | MiB | value |", "|---|---|---|---|"]
    figures = {entry["name"]: Figure(entry["seconds"]) for entry in data["runs"]}
    for entry in data["runs"]:
        lines.append(f"| {entry['name']} | {figures[entry['name']].text()} | {entry['mebibytes']} | {entry['value']:.6g} |")
    notes = Notes()
    lines += ["", "Targets, as times the speed of the peer:", "",
              "| what | target | reached | of the target | why |", "|---|---|---|---|---|"]
    for target in SAMPLE_METRICS:
        found = figures[target.base].median / figures[target.name].median
        lines.append(notes.row(target.name, f"{ratio(target.times)} {target.base}", ratio(found), found / target.times,
                               target.why))
    return "\n".join(lines + notes.lines())


def places(results):
    """The kernels that the summary has a line for: float32, or float64 where there is no other; rows of 512."""
    chosen = {}
    for at in keys_of(results):
        if at[3] in (0, 512):
            chosen.setdefault(at[0], {}).setdefault(at[1], []).append(at)
    for name, by_type in chosen.items():
        dtype = "float32" if "float32" in by_type else "float64"
        yield name, dtype, {(at[2], at[4]): row_of(results, at) for at in by_type[dtype]}


def summary(results):
    """One line a kernel; the whole table is a page of its own."""
    lines = ["| kernel | type | ns/element, L2 | DRAM | of the limit, L2 | DRAM | x plain Java loop, L2 "
             "| x best peer, L2 | DRAM | 2 threads, L2 | DRAM |", "|---|---|---|---|---|---|---|---|---|---|---|"]
    where = [("L2", 1), ("DRAM", 1)]
    for name, dtype, rows in places(results):
        found = [rows.get(at) for at in where]
        cells = [digits(row["figure"].median) if row else "–" for row in found]
        cells += [f"{row['share']:.2f} {row['limit']}" if row and row["share"] else "–" for row in found]
        cells.append(ratio(found[0] and found[0]["AUTO"]))
        for at in (*where, ("L2", 2), ("DRAM", 2)):
            row = rows.get(at)
            cells.append(ratio(row and row["peer"] and row["peer"][0]))
        lines.append(f"| {KERNELS[name][0]} | {dtype} | {' | '.join(cells)} |")
    return "\n".join(lines)


def spread(values):
    return f"at {digits(min(values))} to {digits(max(values))} times the speed (median {digits(statistics.median(values))})"


def against(results, single, threads):
    """How fast the kernels of one precision are beside the best peer of each."""
    found = [row["peer"][0] for name, dtype, rows in places(results) for (_, n), row in rows.items()
             if dtype == "float32" and name.endswith(SINGLE) == single and n == threads and row["peer"]]
    return (f"{sum(x >= 1 for x in found)} of {len(found)} measurements are faster, {spread(found)}" if found
            else "not measured")


def answer(results, whole, metrics):
    """Five lines: kernels, single precision, a file to its result, a whole metric, targets."""
    parts = [part for *_, part in kernel_targets(results) if part]
    lines = [f"- **Kernels beside the best of NumPy, PyTorch, libtorch and OpenBLAS, float32:** on one thread "
             f"{against(results, False, 1)}. On two threads {against(results, False, 2)}.",
             f"- **With `--precision single`:** on one thread {against(results, True, 1)}. On two threads "
             f"{against(results, True, 2)}."]
    if whole:
        seconds = {(e["name"], e["file"]): Figure(e["seconds"]).median for e in whole["runs"] if "seconds" in e}
        for (name, of), all_of_it in seconds.items():
            rest = seconds.get((name + ", less its start", of))
            if name == "gaussian-kl" and rest:
                lines.append(f"- **From file to result:** `gaussian-kl` over {of}, takes {digits(all_of_it)} s, "
                             f"{digits(all_of_it - rest)} s of it the start of the command.")
    if metrics:
        seconds = {e["name"]: Figure(e["seconds"]).median for e in metrics["runs"]}
        mine, root, symmetric = (seconds["frechet-distance"], seconds["NumPy and SciPy's sqrtm"], seconds["NumPy, symmetric"])
        lines.append(f"- **Fréchet distance**, 2 x {metrics['rows']:,} rows of {metrics['dim']} features: {digits(mine)} s; "
                     f"NumPy with SciPy's `sqrtm` takes {digits(root)} s, NumPy with a symmetric root {digits(symmetric)} s.")
    lines.append(f"- **Targets:** {sum(part >= 1 for part in parts)} of {len(parts)} targets of the kernels are reached; "
                 "the tables below give a reason for each one that is not.")
    return "\n".join(lines)


def machine(data, results):
    about = data["machine"]
    flags = sorted({flag for entry in data["jmh"] for flag in entry["jvmArgs"]})
    rounds = 1 + max((entry["round"] for entry in data["jmh"]), default=0)
    peers = sorted({entry["peer"] for entry in data["peers"]})
    # Rounds after the first fill what time is left.
    left_out = [name for name in data["skipped"] if name.startswith("round 1:")]
    skipped = f"- left out for lack of time: {'; '.join(left_out)}\n" if left_out else ""
    problems = "".join(f"- **problem**: {problem}\n" for problem in data["problems"])
    mode = "quick" if data["quick"] else "full"
    return f"""- machine: {about['cpu']}, {about['cores']} cores, {about['extension']}, {about['memoryGiB']} GiB; {about['os']}
- load before and after: {about['load']:.1f}, {about.get('loadAfter', 0):.1f}
- JVM: {about['jvm']}
- flags: `{' '.join(flags)}`
- kernels: {', '.join(sorted(results.kernels))}
- peers: {', '.join(peers) or 'none'}
- date: {data['date']}, revision {data['revision']}, {mode} mode, {data['minutes']} minutes, {rounds} rounds{', the later ones in part' if rounds > 1 else ''}
{skipped}{problems}""".rstrip("\n")


def page(data):
    """The page of all kernels."""
    results = Results(data)
    rows = table(results)
    return f"""# Performance of every kernel

<!-- Written by benchmarks/report.py from benchmarks/results/{data['machine']['class']}.json. Do not edit. -->

Every measured row behind the summary in [performance.md](performance.md), which also says
[how it is measured](performance.md#how-it-is-measured) and what each column means.

{machine(data, results)}

{COLD_NOTE if "†" in rows else ""}## Kernels

{rows}

## Limits of the machine

{limits_table(results)}
"""


def fill(text, parts):
    """A page whose measured parts are replaced.

    :raises ValueError: if the page has no place for one of them
    """
    for name, part in parts.items():
        place = re.compile(rf"<!-- measured: {name} -->\n.*?<!-- /measured -->", re.DOTALL)
        if not place.search(text):
            raise ValueError(f"performance.md: found no '<!-- measured: {name} -->', expected one before '<!-- /measured -->'")
        text = place.sub(lambda _: f"<!-- measured: {name} -->\n{part}\n<!-- /measured -->", text, count=1)
    return text


def loaded(file):
    return json.loads(file.read_text(encoding="utf-8")) if file.exists() else None


def write(file, docs):
    """The pages of a results file, and of the measurements of whole runs beside it."""
    file = Path(file)
    data = loaded(file)
    results = Results(data)
    whole = loaded(file.with_name(f"{file.stem}-end-to-end.json"))
    metrics = loaded(file.with_name(f"{file.stem}-sample-metrics.json"))
    missing = "Not measured on this machine."
    (docs / "performance-kernels.md").write_text(page(data), encoding="utf-8")
    summed = docs / "performance.md"
    summed.write_text(fill(summed.read_text(encoding="utf-8"), {
        "answer": answer(results, whole, metrics), "machine": machine(data, results), "kernels": summary(results),
        "targets": targets_table(results), "end-to-end": end_to_end(whole) if whole else missing,
        "sample-metrics": sample_metrics(metrics) if metrics else missing}), encoding="utf-8")
    for name, svg in plots(results).items():
        (docs / name).write_text(svg, encoding="utf-8")


def save(name, data, folder=HERE):
    """Keeps whole runs beside the results of the kernels, and writes the pages again; returns their file."""
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
