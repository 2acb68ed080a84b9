#!/usr/bin/env python3
"""Golden values of the likelihood objectives, by PyTorch, SciPy and mpmath: /usr/bin/python3 generate.py."""

import json
import math
import pathlib

import mpmath
import numpy as np
import scipy
import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
mpmath.mp.dps = 50
rng = np.random.default_rng(2026)
cases = []


def case(name, objective, sets, **expected):
    cases.append({"name": name, "objective": objective, "sets": sets} | expected)


def se(x):
    return float(np.std(x, ddof=1) / np.sqrt(len(x)))


def null(values, given):
    """Values of the rows that have one."""
    return [float(v) if g else None for v, g in zip(values, given)]


def ratio_se(a, b):
    """Standard error of mean(a) / mean(b), delta method over rows."""
    a, b = np.asarray(a, float), np.asarray(b, float)
    return float(np.sqrt(np.var(a - a.mean() / b.mean() * b, ddof=1) / len(a)) / b.mean())


# Sequences: reductions, masks, count columns
lengths = [3, 1, 12, 7]
logp = [np.log(rng.uniform(0.05, 1, n)) for n in lengths]
ll = np.array([p.sum() for p in logp])
n = np.array(lengths, float)
bytes_, words, dims = [13, 4, 51, 30], [3, 1, 10, 6], [3, 3, 12, 12]
lists = [p.tolist() for p in logp]
nll = -ll.sum() / n.sum()
each = np.exp(-ll / n)
counts = {"bytes": bytes_, "words": words, "dims": dims}
bpb = -ll.sum() / sum(bytes_) / math.log(2)
case("reduction token, with bytes, words and dims", "log-likelihood", {"rows": {"logprob": lists} | counts},
     measures={"perplexity": math.exp(nll), "bits-per-byte": bpb, "byte-perplexity": 2**bpb, "word-perplexity": math.exp(-ll.sum() / sum(words)), "bits-per-dim": -ll.sum() / sum(dims) / math.log(2)},
     errors={"perplexity": math.exp(nll) * ratio_se(ll, n), "bits-per-byte": ratio_se(ll, bytes_) / math.log(2), "byte-perplexity": 2**bpb * ratio_se(ll, bytes_)})
case("reduction sequence-mean, as Hugging Face evaluate", "log-likelihood", {"rows": {"logprob": lists}}, parameters={"reduction": "sequence-mean"}, measures={"perplexity": each.mean()}, errors={"perplexity": se(each)}, rows={"sequence-perplexity": each.tolist()})
case("reduction document, as lm-evaluation-harness perplexity", "log-likelihood", {"rows": {"logprob": lists}}, parameters={"reduction": "document"}, measures={"perplexity": math.exp(-ll.mean())}, errors={"perplexity": math.exp(-ll.mean()) * se(ll)})
mask = [rng.integers(0, 2, m).tolist() for m in lengths]
mask[1] = [0]
masked = np.array([p[np.array(m) == 1].sum() for p, m in zip(logp, mask)])
kept = np.array([sum(m) for m in mask], float)
some = kept > 0
case("mask, one sequence without tokens", "log-likelihood", {"rows": {"logprob": lists, "mask": mask}}, measures={"perplexity": math.exp(-masked.sum() / kept.sum())}, errors={"perplexity": math.exp(-masked.sum() / kept.sum()) * ratio_se(masked[some], kept[some])}, rows={"log-likelihood": null(masked, some), "tokens": null(kept, some)}, relative=1e-13, absolute=1e-15)
case("mask, sequence-mean over sequences with tokens", "log-likelihood", {"rows": {"logprob": lists, "mask": mask}}, parameters={"reduction": "sequence-mean"}, measures={"perplexity": np.exp(-masked[some] / kept[some]).mean()}, rows={"sequence-perplexity": null(np.exp(-masked / np.maximum(kept, 1)), some)})
case("mask, document: one without tokens is none", "log-likelihood", {"rows": {"logprob": lists, "mask": mask}}, parameters={"reduction": "document"}, measures={"perplexity": math.exp(-masked[some].mean())}, errors={"perplexity": math.exp(-masked[some].mean()) * se(masked[some])})
ids = [[5] * m for m in lengths]
ids[2][4] = ids[0][0] = -100
kept = n - [1, 0, 1, 0]
unmasked = ll - [logp[0][0], 0, logp[2][4], 0]
with_nan = [list(p) for p in lists]
with_nan[2][4] = "NaN"
case("ignore index, NaN at an ignored token", "log-likelihood", {"rows": {"logprob": with_nan, "target": ids}}, measures={"nll-per-token": -unmasked.sum() / kept.sum()}, rows={"tokens": kept.tolist()})
case("mask and bytes: those of an empty sequence do not count", "log-likelihood", {"rows": {"logprob": lists, "mask": mask, "bytes": bytes_}}, measures={"bits-per-byte": -masked.sum() / np.array(bytes_)[some].sum() / math.log(2)})
case("nothing but masked tokens", "log-likelihood", {"rows": {"logprob": [[-1.0, -2.0]], "mask": [[0, 0]]}}, measures={"perplexity": "NaN", "log-likelihood": "NaN"}, rows={"log-likelihood": [None]})
case("overflow is Infinity", "log-likelihood", {"rows": {"logprob": [[-800.0], [-900.0]]}}, measures={"perplexity": "Infinity", "nll-per-token": 850})
case("totals with counts", "log-likelihood", {"rows": {"total": ll.tolist(), "token-count": lengths, "bytes": bytes_}}, measures={"perplexity": math.exp(nll), "bits-per-byte": bpb})
# A6: byte_perplexity 1.0000221984224973 and bits_per_byte 3.202519859941674e-05 of lm-eval's wikitext-v1-res.json
case("A6: lm-eval wikitext v1", "log-likelihood", {"rows": {"total": [-math.log1p(2.21984224973e-05) * 1000], "bytes": [1000]}}, measures={"bits-per-byte": 3.202519859941674e-05, "byte-perplexity": 1.0000221984224973}, relative=0, absolute=1e-15)

# Logits. A1 and A5: torcheval's test and docstring
a1 = [[0.3659, 0.7025, 0.3104], [0.0097, 0.6577, 0.1947]]
case("A1: torcheval test_perplexity", "token-log-likelihood", {"rows": {"logits": a1, "target": [2, 1]}}, measures={"perplexity": 2.759287472127812}, relative=1e-14)
case("A1 in float32", "token-log-likelihood", {"rows": {"logits": a1, "target": [2, 1]}}, dtype="float32", measures={"perplexity": 2.759287357330}, relative=1e-7)
a5 = [[0.3, 0.7, 0.3, 0.1], [0.5, 0.4, 0.1, 0.4], [0.1, 0.1, 0.2, 0.5], [0.1, 0.6, 0.1, 0.5], [0.3, 0.7, 0.3, 0.4], [0.3, 0.7, 0.3, 0.4]]
case("A5: torcheval docstring", "token-log-likelihood", {"rows": {"logits": a5, "target": [2, 1, 3, 1, 0, 1]}}, measures={"perplexity": 3.621582057198741}, relative=1e-14)
logits = rng.normal(0, 20, (40, 65))
target = rng.integers(0, 65, 40)
target[::3] = logits[::3].argmax(1)
target[7] = -100
x = torch.tensor(logits)
token = -F.cross_entropy(x, torch.tensor(target), reduction="none", ignore_index=-100).numpy()
scored = (target != -100).astype(float)
greedy = (logits.argmax(1) == target).astype(float)
mean = float(F.cross_entropy(x, torch.tensor(target)))
case("PyTorch cross_entropy with ignore_index", "token-log-likelihood", {"rows": {"logits": logits.tolist(), "target": target.tolist()}},
     measures={"nll-per-token": mean, "perplexity": math.exp(mean), "bits-per-token": mean / math.log(2), "accuracy": greedy.sum() / scored.sum(), "total-log-likelihood": token.sum()},
     errors={"nll-per-token": se(token[scored == 1]), "accuracy": se(greedy[scored == 1])}, rows={"log-likelihood": null(token, scored == 1), "greedy": null(greedy, scored == 1)}, relative=1e-13, absolute=1e-12)
case("ties go to the lowest index", "token-log-likelihood", {"rows": {"logits": [[1.0, 1.0, 0.0], [1.0, 1.0, 0.0], [0.0, 1.0, 1.0]], "target": [0, 1, 1]}}, rows={"greedy": [1, 0, 1]})
case("large logits, where softmax underflows", "token-log-likelihood", {"rows": {"logits": [[0.0, 1000.0], [1e6, 1e6 + 1]], "target": [0, 0]}}, rows={"log-likelihood": [-1000.0, float(-mpmath.log(1 + mpmath.e))]}, relative=1e-15)
case("every token ignored", "token-log-likelihood", {"rows": {"logits": [[0.0, 1.0]], "target": [-100]}}, measures={"perplexity": "NaN"})

# Flat rows, clustered by sequence
ident = rng.integers(0, 9, 40)
s_ll = np.array([token[ident == s].sum() for s in np.unique(ident)])
s_n = np.array([scored[ident == s].sum() for s in np.unique(ident)])
s_greedy = np.array([float(np.all((greedy == 1)[(ident == s) & (scored == 1)])) for s in np.unique(ident)])
with np.errstate(over="ignore"):
    s_ppl = np.exp(-s_ll / s_n)
rate = -s_ll.sum() / s_n.sum()
clustered = {"sequences": len(s_ll), "tokens": s_n.sum(), "log-likelihood": s_ll.mean(), "total-log-likelihood": s_ll.sum(), "nll-per-token": rate, "bits-per-token": rate / math.log(2), "perplexity": math.exp(rate), "sequence-mean-perplexity": s_ppl.mean(), "document-perplexity": math.exp(-s_ll.mean())}
clustered_se = {"log-likelihood": se(s_ll), "nll-per-token": ratio_se(s_ll, s_n), "perplexity": math.exp(rate) * ratio_se(s_ll, s_n), "sequence-mean-perplexity": se(s_ppl)}
case("logits, clustered by sequence", "sequence-log-likelihood", {"rows": {"logits": logits.tolist(), "target": target.tolist(), "sequence": ident.tolist()}}, measures=clustered | {"greedy": s_greedy.mean()}, errors=clustered_se, relative=1e-12)
flat = np.concatenate(logp)
case("log-probabilities, clustered by sequence", "sequence-log-likelihood", {"rows": {"logprob": flat.tolist(), "sequence": np.repeat([7, 3, -1, 900], lengths).tolist()}}, measures={"perplexity": math.exp(nll), "sequence-mean-perplexity": each.mean(), "document-perplexity": math.exp(-ll.mean())}, errors={"perplexity": math.exp(nll) * ratio_se(ll, n)})
case("the same with texts as ids", "sequence-log-likelihood", {"rows": {"logprob": flat.tolist(), "sequence": [s for s, m in zip(["a/1", "b", "", "\u00fcber"], lengths) for _ in range(m)]}}, measures={"sequences": 4, "perplexity": math.exp(nll), "sequence-mean-perplexity": each.mean()}, errors={"perplexity": math.exp(nll) * ratio_se(ll, n)})
case("nothing but ignored tokens", "sequence-log-likelihood", {"rows": {"logits": [[0.0, 1.0]], "target": [-100], "sequence": [1]}}, measures={"sequences": 0, "tokens": 0, "perplexity": "NaN", "greedy": "NaN"})

# Logits of whole sequences, by PyTorch's cross_entropy; the last sequence has no token left
spans, vocab = [4, 1, 9, 0, 6, 3], 17
targets = [rng.integers(0, vocab, m) for m in spans]
scores = [rng.normal(0, 8, (m, vocab)) for m in spans]
for s, y in zip(scores[2:], targets[2:]):  # greedy but for ties and what is left out
    s[np.arange(len(y)), y] = 40
targets[4][3] = -100
scores[4][3] = np.nan
scores[2][5, :] = 0.5  # all equal: the lowest index is the argmax
targets[2][5] = 0
masks = [np.ones(m, int) for m in spans]
masks[5][:] = 0
masks[0][2] = 0
keep = [(y != -100) & (m == 1) for y, m in zip(targets, masks)]
s_ll = np.array([-F.cross_entropy(torch.tensor(s[k]).reshape(-1, vocab), torch.tensor(y[k]), reduction="sum").item() for s, y, k in zip(scores, targets, keep)])
s_n = np.array([k.sum() for k in keep], float)
s_greedy = np.array([float(np.all(s[k].argmax(1) == y[k])) if k.any() else 0 for s, y, k in zip(scores, targets, keep)])
has = s_n > 0
rate = -s_ll.sum() / s_n.sum()
columns = {"logits": [[v if np.isfinite(v) else "NaN" for v in s.ravel()] for s in scores], "target": [y.tolist() for y in targets]}
by_row = {"log-likelihood": null(s_ll, has), "tokens": null(s_n, has), "greedy": null(s_greedy, has)}
case("logits of whole sequences, mask and ignore index", "log-likelihood", {"rows": columns | {"mask": [m.tolist() for m in masks]}}, parameters={"vocabulary": "17"},
     measures={"nll-per-token": rate, "perplexity": math.exp(rate), "log-likelihood": s_ll[has].mean(), "greedy": s_greedy[has].mean()}, errors={"nll-per-token": ratio_se(s_ll[has], s_n[has]), "greedy": se(s_greedy[has])}, rows=by_row, relative=1e-12, absolute=1e-14)
single = [s.astype(np.float32).astype(float) for s in scores[:3]]
s_ll = np.array([-F.cross_entropy(torch.tensor(s), torch.tensor(y), reduction="sum").item() for s, y in zip(single, targets)])
case("float32 logits of whole sequences, nothing left out", "log-likelihood", {"rows": {"logits": [s.ravel().tolist() for s in single], "target": [y.tolist() for y in targets[:3]]}}, dtype="float32", rows={"log-likelihood": s_ll.tolist(), "tokens": [4.0, 1.0, 9.0]}, relative=1e-12)
case("tied logits: greedy is the lowest index", "log-likelihood", {"rows": {"logits": [[1.0, 1.0, 0.0, 2.0, 0.0, 2.0], [1.0, 1.0, 0.0, 2.0, 0.0, 2.0]], "target": [[0, 0], [0, 2]]}}, rows={"greedy": [1.0, 0.0]})


# Mixture of logistics: PixelCNN++'s rules, in PyTorch
def logistic(x, mean, log_scale, mode, levels=256):
    half, log_scale = 1 / (levels - 1), log_scale.clamp(min=-7)
    inv = torch.exp(-log_scale)
    plus, minus, mid = inv * (x - mean + half), inv * (x - mean - half), inv * (x - mean)
    delta = torch.sigmoid(plus) - torch.sigmoid(minus)
    inner = torch.log(delta.clamp(min=1e-12))
    if mode == "pixel-cnn":
        inner = torch.where(delta > 1e-5, inner, mid - log_scale - 2 * F.softplus(mid, threshold=1e9) - math.log((levels - 1) / 2))
    low, high = plus - F.softplus(plus, threshold=1e9), -F.softplus(minus, threshold=1e9)
    return torch.where(x < -0.999, low, torch.where(x > 0.999, high, inner))


rows, pixels, comps = 4, 6, 5
for channels, coupled in ((1, False), (3, False), (3, True)):
    x = torch.tensor(rng.integers(0, 256, (rows, pixels, channels)) / 127.5 - 1)
    x[0, 0], x[1, 0] = -1, 1
    weights = torch.tensor(rng.normal(0, 2, (rows, pixels, comps)))
    means = torch.tensor(rng.normal(0, 0.7, (rows, pixels, channels, comps)))
    scales = torch.tensor(rng.normal(-3, 3, (rows, pixels, channels, comps)))
    coeffs = torch.tensor(rng.normal(0, 1, (rows, pixels, 3, comps)))
    shifted = means.clone()
    if coupled:
        t = torch.tanh(coeffs)
        shifted[:, :, 1] += t[:, :, 0] * x[:, :, 0, None]
        shifted[:, :, 2] += t[:, :, 1] * x[:, :, 0, None] + t[:, :, 2] * x[:, :, 1, None]
    for mode in ("pixel-cnn", "clamp"):
        terms = logistic(x[..., None].expand_as(means), shifted, scales, mode).sum(2) + F.log_softmax(weights, -1)
        value = torch.logsumexp(terms, -1).sum(1).numpy()
        columns = {"x": x, "logit-weights": weights, "means": means, "log-scales": scales} | ({"coeffs": coeffs} if coupled else {})
        case(f"{mode}, {channels} channels{', coupled' if coupled else ''}", "discretized-logistic-mixture", {"rows": {k: v.reshape(rows, -1).tolist() for k, v in columns.items()}},
             parameters={"channels": str(channels), "edge-mode": mode}, measures={"log-likelihood": value.mean(), "bits-per-dim": -value.mean() / (pixels * channels) / math.log(2)}, errors={"log-likelihood": se(value)}, rows={"log-likelihood": value.tolist()}, relative=1e-11)

# Discretized Gaussian. E26: values of OpenAI's discretized_gaussian_log_likelihood
e26 = [(0, 0, 0, -5.76705747360343), (-1, -1, 0, -0.690023114537468), (1, 1, 0, -0.690023114537468), (0.5, 0.1, -2, -8.165692722516686), (0.5, -1, -5, -27.631021115928547)]
case("E26: OpenAI discretized_gaussian_log_likelihood", "discretized-gaussian", {"rows": {k: [[float(e[i])] for e in e26] for i, k in enumerate(("x", "mean", "log-scale"))}}, rows={"log-likelihood": [e[3] for e in e26]}, relative=1e-12)


def approx(x, mean, log_scale):
    cdf = lambda z: 0.5 * (1.0 + torch.tanh(math.sqrt(2.0 / math.pi) * (z + 0.044715 * z**3)))
    plus, minus = cdf(torch.exp(-log_scale) * (x - mean + 1 / 255)), cdf(torch.exp(-log_scale) * (x - mean - 1 / 255))
    log = lambda p: torch.log(p.clamp(min=1e-12))
    return torch.where(x < -0.999, log(plus), torch.where(x > 0.999, log(1 - minus), log(plus - minus)))


def exact(x, mean, log_scale):
    m = mpmath.mpf
    inv = mpmath.e ** -m(log_scale)
    half = m(1.0 / 255)
    upper = lambda z: mpmath.erfc(z / mpmath.sqrt(2)) / 2
    plus, minus = inv * (m(x) - m(mean) + half), inv * (m(x) - m(mean) - half)
    p = upper(-plus) if x < -0.999 else upper(minus) if x > 0.999 else (upper(minus) - upper(plus) if minus > 0 else upper(-plus) - upper(-minus))
    return mpmath.log(p)


gx = rng.integers(0, 256, (8, 9)) / 127.5 - 1
gx[0, :3], gx[1, :3] = -1, 1
gm, gs = rng.normal(0, 0.8, (8, 9)), rng.normal(-2.5, 1.5, (8, 9))
value = approx(*map(torch.tensor, (gx, gm, gs))).sum(1).numpy()
columns = {"x": gx.tolist(), "mean": gm.tolist(), "log-scale": gs.tolist()}
case("approx-cdf", "discretized-gaussian", {"rows": columns}, measures={"log-likelihood": value.mean(), "bits-per-dim": -value.mean() / 9 / math.log(2)}, rows={"log-likelihood": value.tolist()}, relative=1e-9)
mpmath.mp.dps = 60
pairs = [(0.5, -1, -5), (0.5, -1, -7), (0.25, 0.2, 6), (-1, 0.5, -4), (1, -0.9, -6), (0.0, 0.0, -8), (0.1, 0.0, -3), (0.5, 0.496, -6), (-0.5, 0.9, -1), (-1.0, -1.5, -3), (1.0, 1.004, -7.5)]
case("erf, far into the tails", "discretized-gaussian", {"rows": {k: [[float(p[i])] for p in pairs] for i, k in enumerate(("x", "mean", "log-scale"))}}, parameters={"cdf": "erf"}, rows={"log-likelihood": [float(exact(*p)) for p in pairs]}, relative=2e-14, absolute=1e-15)
value = np.array([float(sum(exact(*e) for e in zip(*r))) for r in zip(gx, gm, gs)])
case("erf", "discretized-gaussian", {"rows": columns}, parameters={"cdf": "erf"}, measures={"log-likelihood": value.mean()}, rows={"log-likelihood": value.tolist()}, relative=1e-13)

# Multiple choice: NumPy's argmax takes the first of equals, as lm-evaluation-harness does
choices = [rng.normal(-20, 5, c) for c in rng.integers(2, 6, 30)]
choices[0][:] = -7.0
gold = [int(rng.integers(0, len(c))) for c in choices]
gold[0] = 0
length = [rng.integers(1, 40, len(c)) for c in choices]
alone = [rng.normal(-20, 5, len(c)) for c in choices]
acc = np.array([float(np.argmax(c) == g) for c, g in zip(choices, gold)])
norm = np.array([float(np.argmax(c / b) == g) for c, b, g in zip(choices, length, gold)])
info = np.array([float(np.argmax(c - a) == g) for c, a, g in zip(choices, alone, gold)])
case("plain, normalised, mutual information", "multiple-choice", {"rows": {"log-likelihood": [c.tolist() for c in choices], "gold": gold, "length": [b.tolist() for b in length], "unconditional": [a.tolist() for a in alone]}},
     measures={"accuracy": acc.mean(), "accuracy-norm": norm.mean(), "accuracy-mutual-information": info.mean()}, errors={"accuracy": se(acc)}, rows={"choice": [float(np.argmax(c)) for c in choices], "accuracy": acc.tolist(), "accuracy-norm": norm.tolist()})
case("a choice of probability zero", "multiple-choice", {"rows": {"log-likelihood": [["-Infinity", -3.0]], "gold": [1]}}, measures={"accuracy": 1})


def plain(value):
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    if isinstance(value, list):
        return [plain(v) for v in value]
    return value.item() if isinstance(value, np.generic) else value


versions = f"numpy {np.__version__}, scipy {scipy.__version__}, torch {torch.__version__}, mpmath {mpmath.__version__}"
source = "generate.py beside this file; A1, A5: torcheval test_perplexity.py and docstring; A6: lm-eval wikitext-v1-res.json; E26: openai/guided-diffusion losses.py"
out = pathlib.Path(__file__).parent / "likelihood.golden.json"
out.write_text(json.dumps({"tool": versions, "source": source, "cases": plain(cases)}, allow_nan=False) + "\n")
