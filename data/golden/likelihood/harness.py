#!/usr/bin/env python3
"""Golden values by lm-evaluation-harness's own functions, which are taken from a checkout and run as they are.

    /usr/bin/python3 harness.py DIRECTORY

DIRECTORY holds lm-evaluation-harness at commit 4e7e0d4.
"""

import ast
import json
import logging
import math
import pathlib
import random
import sys
import types

import numpy as np

ROOT = pathlib.Path(sys.argv[1]) / "lm-evaluation-harness" / "lm_eval"
rng = np.random.default_rng(20261201)
cases = []


def take(path, *names, within=None, **known):
    """The functions of these names in a file, or in a class of it, in a namespace of what they need."""
    space = {"np": np, "math": math, "random": random, "eval_logger": logging.getLogger()} | known
    tree = ast.parse((ROOT / path).read_text())
    if within:
        tree = next(n for n in ast.walk(tree) if isinstance(n, ast.ClassDef) and n.name == within)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name in names:
            for argument in node.args.args:
                argument.annotation = None
            node.returns, node.decorator_list = None, []
            exec(compile(ast.Module([node], []), path, "exec"), space)
    return space


def case(name, objective, columns, **expected):
    cases.append({"name": name, "objective": objective, "sets": {"rows": columns}} | expected)


# Several right choices

softmax = lambda x: np.exp(x - np.max(x)) / np.exp(x - np.max(x)).sum()
task = take("api/task.py", "process_results", within="ConfigurableTask", utils=types.SimpleNamespace(softmax=softmax))
texts = ["no", "a little", "très", "maybe so", "yes, of course"]
lls, golds, lengths, scores = [], [], [], []
for i in range(30):
    choices = [texts[k] for k in rng.permutation(5)[: rng.integers(2, 6)]]
    ll = -rng.exponential(8, size=len(choices))
    gold = sorted(rng.permutation(len(choices))[: rng.integers(0, len(choices))].tolist())
    me = types.SimpleNamespace(config=types.SimpleNamespace(process_results=None), OUTPUT_TYPE="multiple_choice", _metric_fn_list={"acc": 0, "acc_norm": 0, "acc_bytes": 0}, doc_to_choice=lambda d: choices, doc_to_target=lambda d: gold, multiple_input=0, multiple_target=5)
    scores.append(task["process_results"](me, {}, [(float(x), False) for x in ll]))
    lls.append(ll.tolist())
    golds.append(gold)
    lengths.append([len(c.encode()) for c in choices])
acc = [s["acc"] for s in scores]
case("several right choices", "multiple-choice", {"log-likelihood": lls, "golds": golds, "length": lengths}, measures={"accuracy": float(np.mean(acc)), "accuracy-norm": float(np.mean([s["acc_bytes"] for s in scores]))}, errors={"accuracy": float(np.std(acc, ddof=1) / math.sqrt(30))}, rows={"accuracy": acc})

# Bootstrap errors

metrics = take("api/metrics.py", "mean", "median", "perplexity", "weighted_mean", "weighted_perplexity", "bits_per_byte", "sample_stddev", "mean_stderr", "_bootstrap_internal_no_mp", "bootstrap_stderr", os=types.SimpleNamespace(getenv=lambda name: "1"))
sys.modules["tqdm"] = types.SimpleNamespace(tqdm=lambda x, **_: x)
ll = (-rng.exponential(2, size=37)).tolist()
size = rng.integers(1, 60, size=37).tolist()
pairs = list(zip(ll, size))
for statistic, function, rows, iterations in (
    ("perplexity", "perplexity", ll, 100000),
    ("perplexity", "perplexity", ll, 999),
    ("median", "median", ll, 2500),
    ("mean", "mean", ll, 3000),
    ("weighted-perplexity", "weighted_perplexity", pairs, 2000),
    ("bits", "bits_per_byte", pairs, 2000),
):
    f = metrics[function]
    error = metrics["bootstrap_stderr"](f, rows, iterations)
    case(f"lm-eval, {statistic}, {iterations} iterations", "bootstrap", {"value": ll} | ({"weight": size} if rows is pairs else {}), parameters={"statistic": statistic, "iterations": str(iterations)}, measures={statistic: f(rows)}, errors={statistic: error})

path = pathlib.Path(__file__).parent / "harness.golden.json"
path.write_text(json.dumps({"tool": f"lm-evaluation-harness 4e7e0d4, Python {sys.version.split()[0]}, numpy {np.__version__}", "source": "harness.py beside this file", "cases": cases}) + "\n")
