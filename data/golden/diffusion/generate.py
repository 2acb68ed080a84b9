#!/usr/bin/env python3
"""Golden values of the diffusion family by NumPy, SciPy and PyTorch: python3 generate.py."""

import json
import pathlib

import numpy as np
import scipy
import scipy.stats
import torch

rng = np.random.default_rng(20261205)
cases = []


def case(name, objective, sets, **expected):
    sets = {s: {r: np.asarray(v).tolist() for r, v in c.items()} for s, c in sets.items()}
    cases.append({"name": name, "objective": objective, "sets": sets} | expected)


def se(x):
    return float(np.std(x, ddof=1) / np.sqrt(len(x)))


T = 1000
linear = np.linspace(1e-4, 0.02, T)
ab = np.cumprod(1 - linear)
N, D = 6, 19
x0, eps, pred, z = rng.normal(size=(4, N, D))
t = np.array([0, 3, 250, 499, 750, 999])
col = lambda v: np.broadcast_to(np.asarray(v, dtype=float), (N,))[:, None]

# Levels: schedule, process, sigma
levels = {"t": ({"t": t}, {}, np.sqrt(ab[t]), np.sqrt(1 - ab[t]))}
time = np.array([0.01, 0.1, 0.25, 0.5, 0.9, 1.0])
log_alpha = -0.25 * time**2 * 19.9 - 0.05 * time
vp = np.exp(log_alpha)
levels["vp-sde"] = ({"time": time}, {"process": "vp-sde"}, vp, np.sqrt(-np.expm1(2 * log_alpha)))
levels["sub-vp-sde"] = ({"time": time}, {"process": "sub-vp-sde"}, vp, -np.expm1(2 * log_alpha))
levels["ve-sde"] = ({"time": time}, {"process": "ve-sde"}, np.ones(N), 0.01 * 5000**time)
levels["flow-data-to-noise"] = ({"time": time}, {"process": "flow-data-to-noise"}, 1 - time, time)
levels["flow-noise-to-data"] = ({"time": time}, {"process": "flow-noise-to-data"}, time, 1 - time)
sigma = np.array([0.002, 0.1, 1.0, 3.0, 20.0, 80.0])
levels["edm"] = ({"time": sigma}, {"process": "edm"}, np.ones(N), sigma)
levels["sigma"] = ({"sigma": sigma}, {}, np.ones(N), sigma)
levels["alpha-bar"] = ({"alpha-bar": ab[t]}, {}, np.sqrt(ab[t]), np.sqrt(1 - ab[t]))
kinds = lambda a, s, x, e: {"eps": e, "x0": x, "v": a * e - s * x, "score": -e / s, "velocity": e - x, "velocity-to-data": x - e}
for name, (roles, parameters, a, s) in levels.items():
    a, s = col(a), col(s)
    if np.all(s > 0):
        k = kinds(a, s, x0, eps)
        rows = {"xt": a * x0 + s * eps} | {n: k[n].tolist() for n in ["eps", "v", "velocity", "velocity-to-data", "score"]}
    else:
        rows = {"xt": a * x0 + s * eps}
    case(f"noise level by {name}", "noising", {"rows": {"x0": x0, "eps": eps} | roles}, parameters={"noise": "given"} | parameters, rows={k: np.asarray(v).tolist() for k, v in rows.items()}, relative=2e-12, absolute=1e-12)

# Conversions: the prediction is not consistent with x_t's own noise, as a model's is not
a, s = col(np.sqrt(ab[t])), col(np.sqrt(1 - ab[t]))
xt = a * x0 + s * eps
implied = {"eps": lambda m: ((xt - s * m) / a, m), "x0": lambda m: (m, (xt - a * m) / s), "v": lambda m: (a * xt - s * m, s * xt + a * m), "score": lambda m: ((xt + s**2 * m) / a, -s * m), "velocity": lambda m: ((xt - s * m) / (a + s), (xt + a * m) / (a + s)), "velocity-to-data": lambda m: ((xt + s * m) / (a + s), (xt - a * m) / (a + s))}
for source, f in implied.items():
    xs, es = f(pred)
    for target, value in kinds(a, s, xs, es).items():
        case(f"{source} to {target}", "diffusion-conversion", {"rows": {"xt": xt, "prediction": pred, "t": t}}, parameters={"from": source, "to": target}, rows={"converted": value.tolist()}, relative=1e-9, absolute=1e-11)
case("no signal: x0 from v", "diffusion-conversion", {"rows": {"xt": [[0.5, -2.0]], "prediction": [[1.5, 3.0]], "t": [999]}}, parameters={"from": "v", "schedule": "linear-zero-snr"}, rows={"converted": [[-1.5, -3.0]]})

# Weights: one loop a row, from the definitions
alpha, std = np.sqrt(ab[t]), np.sqrt(1 - ab[t])
snr = ab[t] / (1 - ab[t])
mse = ((x0 - pred) ** 2).mean(axis=1)
importance = np.array([0.5, 1.0, 2.0, 0.25, 1.5, 3.0])
for kind, base in {"eps": np.ones(N), "x0": snr, "v": snr / (snr + 1)}.items():
    for weighting, w in {"snr": base, "min-snr": base * np.minimum(snr, 5) / snr}.items():
        case(f"{weighting} of {kind}", "denoising-mse", {"rows": {"target": x0, "prediction": pred, "t": t}}, parameters={"weighting": weighting, "prediction-type": kind}, measures={"mse": mse.mean(), "loss": (w * mse).mean()}, errors={"loss": se(w * mse)}, rows={"weight": w.tolist(), "loss": (w * mse).tolist()}, relative=3e-12)
case("min-snr, gamma 1.5", "denoising-mse", {"rows": {"target": x0, "prediction": pred, "alpha-bar": ab[t]}}, parameters={"weighting": "min-snr", "gamma": "1.5"}, rows={"weight": (np.minimum(snr, 1.5) / snr).tolist()}, relative=3e-12)
sd = 0.7
for weighting, w in {"soft-min-snr": (sigma * sd) ** 2 / (sigma**2 + sd**2) ** 2, "edm": (sigma**2 + sd**2) / (sigma * sd) ** 2, "sigma-sqrt": sigma**-2.0}.items():
    case(weighting, "denoising-mse", {"rows": {"target": x0, "prediction": pred, "sigma": sigma, "t": t}}, parameters={"weighting": weighting, "sigma-data": str(sd)}, measures={"loss": (w * mse).mean()}, rows={"weight": w.tolist()}, relative=1e-12)
w = 2 / (np.pi * (1 - 2 * time + 2 * time**2))
case("cosmap", "denoising-mse", {"rows": {"target": x0, "prediction": pred, "time": time}}, parameters={"weighting": "cosmap", "process": "flow-data-to-noise"}, rows={"weight": w.tolist(), "loss": (w * mse).tolist()})
case("weights given, half the sum, importance weights", "denoising-mse", {"rows": {"target": x0, "prediction": pred, "weight": w, "importance-weight": importance}}, parameters={"weighting": "given", "reduction": "sum-half"}, measures={"mse": mse.mean(), "loss": (importance * w * mse * D / 2).mean()}, errors={"loss": se(importance * w * mse * D / 2)}, relative=1e-12)

# Loss by timestep; the resampler of improved-diffusion on the same history
steps = np.repeat(np.arange(12), 4)
losses = rng.gamma(4.0, 0.25, 48) * (1 + 1 / (1 + steps))
iw = rng.uniform(0.5, 2, 48)
second = (losses.reshape(12, 4) ** 2).mean(axis=1)
p = np.sqrt(second) / np.sqrt(second).sum() * (1 - 0.001) + 0.001 / 12
case("importance weights, suggested sampling", "loss-by-timestep", {"rows": {"loss": losses, "t": steps, "importance-weight": iw}}, measures={"loss": (iw * losses).mean(), "unweighted-loss": losses.mean(), "second-moment": (losses**2).mean()}, errors={"loss": se(iw * losses)}, arrays={"suggested-sampling": p.tolist()})
# Steps
ts, nxt = np.array([3, 250, 499, 750, 999, 40]), np.array([2, 200, 480, 700, 900, -1])
abt, abn = ab[ts][:, None], np.where(nxt < 0, 1.0, ab[nxt])[:, None]
xt = np.sqrt(abt) * x0 + np.sqrt(1 - abt) * eps
data = {"eps": (xt - np.sqrt(1 - abt) * pred) / np.sqrt(abt), "x0": pred, "v": np.sqrt(abt) * xt - np.sqrt(1 - abt) * pred}
noises = {"eps": pred, "x0": (xt - np.sqrt(abt) * pred) / np.sqrt(1 - abt), "v": np.sqrt(abt) * pred + np.sqrt(1 - abt) * xt}


def dynamic(x, q, top):
    s = torch.quantile(torch.tensor(np.abs(x)), q, dim=1).numpy().clip(1, top)[:, None]
    return np.clip(x, -s, s) / s


posterior = (1 - abn) / (1 - abt) * (1 - abt / abn)
limits = {"none": lambda x: x, "clip": lambda x: np.clip(x, -1.2, 1.2), "dynamic": lambda x: dynamic(x, 0.9, 2.5)}
options = {"none": {}, "clip": {"threshold": "clip", "clip-range": "1.2"}, "dynamic": {"threshold": "dynamic", "dynamic-quantile": "0.9", "dynamic-max": "2.5"}}
for kind in data:
    for limit, f in limits.items():
        for clipped in [False, True]:
            xs = f(data[kind])
            es = (xt - np.sqrt(abt) * xs) / np.sqrt(1 - abt) if clipped else noises[kind]
            for eta in [0.0, 0.7]:
                sd = eta * np.sqrt(posterior)
                value = np.sqrt(abn) * xs + np.sqrt(1 - abn - sd**2) * es + sd * z
                case(f"ddim, {kind}, {limit}, eta {eta}, clipped {clipped}", "ddim-step", {"rows": {"xt": xt, "prediction": pred, "t": ts, "t-next": nxt, "noise": z}}, parameters={"prediction-type": kind, "eta": str(eta), "noise": "given", "eps-from": "clipped" if clipped else "model"} | options[limit], rows={"x-next": value.tolist()}, relative=1e-10, absolute=1e-10)
up = np.array([4, 300, 500, 800, 999, 41])
inverse = np.sqrt(ab[up])[:, None] * data["eps"] + np.sqrt(1 - ab[up])[:, None] * pred
case("inverse ddim", "ddim-step", {"rows": {"xt": xt, "prediction": pred, "t": ts, "t-next": up}}, rows={"x-next": inverse.tolist()}, relative=1e-10, absolute=1e-10)
beta = 1 - abt / abn
c1, c2 = np.sqrt(abn) * beta / (1 - abt), np.sqrt(1 - beta) * (1 - abn) / (1 - abt)
small = np.log(np.maximum(posterior, 1e-20))
vout = rng.uniform(-1, 1, (N, D))
f = (vout + 1) / 2
variances = {"fixed-small": np.maximum(posterior, 1e-20), "fixed-small-log": np.maximum(posterior, 1e-20), "fixed-large": beta, "fixed-large-log": beta, "learned": np.exp(vout), "learned-range": np.exp(f * np.log(beta) + (1 - f) * small), "none": 0 * beta}
for variance, var in variances.items():
    value = c1 * np.clip(data["eps"], -1, 1) + c2 * xt + np.where(nxt[:, None] < 0, 0, np.sqrt(var)) * z
    case(f"ddpm, {variance}", "ddpm-step", {"rows": {"xt": xt, "prediction": pred, "t": ts, "t-next": nxt, "variance-output": vout, "noise": z}}, parameters={"variance": variance, "noise": "given", "threshold": "clip"}, rows={"x-next": value.tolist()}, relative=1e-10, absolute=1e-10)
s0, s1 = np.array([80.0, 10.0, 1.0, 0.5, 0.1, 0.002])[:, None], np.array([70.0, 5.0, 0.9, 0.6, 0.05, 0.0])[:, None]
second = rng.normal(size=(N, D))
d = (xt - pred) / s0
euler = xt + (s1 - s0) * d
roles = {"xt": xt, "prediction": pred, "sigma": s0[:, 0], "sigma-next": s1[:, 0]}
case("euler on a denoiser", "sigma-step", {"rows": roles}, parameters={"prediction-type": "x0"}, rows={"x-next": euler.tolist()}, relative=1e-12, absolute=1e-12)
with np.errstate(all="ignore"):
    heun = np.where(s1 == 0, euler, xt + (s1 - s0) / 2 * (d + (euler - second) / s1))
case("heun on a denoiser", "sigma-step", {"rows": roles | {"prediction-next": second}}, parameters={"prediction-type": "x0", "method": "heun"}, rows={"x-next": heun.tolist()}, relative=1e-11, absolute=1e-11)
flow = {"xt": xt, "prediction": pred, "sigma": np.linspace(1, 0.1, N), "sigma-next": np.linspace(0.9, 0, N)}
case("flow matching: x + (sigma' - sigma) v", "sigma-step", {"rows": flow}, parameters={"prediction-type": "velocity", "path": "straight"}, rows={"x-next": (xt + (flow["sigma-next"] - flow["sigma"])[:, None] * pred).tolist()}, relative=1e-12, absolute=1e-12)
# Draws: equally spaced quantiles, so no generator is needed
u = (np.arange(N) + 0.5) / N
ts = np.floor(1000 * u).astype(int)
a, s = col(np.sqrt(ab[ts])), col(np.sqrt(1 - ab[ts]))
case("stratified t", "noising", {"rows": {"x0": x0, "eps": eps}}, parameters={"noise": "given", "draw": "stratified", "prediction-type": "v"}, rows={"xt": (a * x0 + s * eps).tolist(), "t": ts.tolist(), "importance-weight": [1.0] * N, "target": (a * eps - s * x0).tolist()}, relative=2e-12, absolute=1e-12)
case("stratified t, 4 strata", "noising", {"rows": {"x0": x0, "eps": eps}}, parameters={"noise": "given", "draw": "stratified", "strata": "4"}, rows={"t": [125, 375, 625, 875, 125, 375], "target": eps.tolist()})
p = np.array([0.4, 0.0, 0.1, 0.2, 0.3])
given_betas = np.array([0.01, 0.05, 0.1, 0.2, 0.4])
names = lambda v: ",".join(repr(float(x)) for x in v)
k = np.searchsorted(np.cumsum(p), u, side="right")
case("stratified quantiles of given probabilities", "noising", {"rows": {"x0": x0, "eps": eps}}, parameters={"noise": "given", "draw": "stratified-importance", "schedule": "betas:" + names(given_betas), "probabilities": names(p * 7)}, rows={"t": k.tolist(), "importance-weight": (1 / (5 * p[k])).tolist()}, relative=1e-14)
time = 1e-3 + u * (1 - 1e-3)
la = -0.25 * time**2 * 19.9 - 0.05 * time
case("stratified times", "noising", {"rows": {"x0": x0, "eps": eps}}, parameters={"noise": "given", "draw": "stratified", "draw-of": "time", "time-min": "0.001"}, rows={"time": time.tolist(), "xt": (col(np.exp(la)) * x0 + col(np.sqrt(-np.expm1(2 * la))) * eps).tolist()}, relative=1e-12, absolute=1e-12)
cumulative = np.concatenate([[0], np.cumsum(p)])
pieces = 0.5 + (k + (u - cumulative[k]) / p[k]) / 5 * 2.5
case("times by the probabilities of parts", "noising", {"rows": {"x0": x0, "eps": eps}}, parameters={"noise": "given", "draw": "stratified-importance", "draw-of": "time", "process": "edm", "time-min": "0.5", "time-max": "3", "probabilities": names(p)}, rows={"time": pieces.tolist(), "importance-weight": (1 / (5 * p[k])).tolist()}, relative=1e-12)
lognormal = np.exp(-1.2 + 1.2 * scipy.stats.norm.ppf(u))
case("log-normal sigmas of EDM", "noising", {"rows": {"x0": x0, "eps": eps}}, parameters={"noise": "given", "draw": "stratified", "draw-of": "time", "process": "edm", "time-distribution": "log-normal", "time-mean": "-1.2", "time-deviation": "1.2"}, rows={"time": lognormal.tolist(), "xt": (x0 + col(lognormal) * eps).tolist()}, relative=1e-12, absolute=1e-13)
logit = 1 / (1 + np.exp(-scipy.stats.norm.ppf(u)))
case("logit-normal times", "noising", {"rows": {"x0": x0, "eps": eps}}, parameters={"noise": "given", "draw": "stratified", "draw-of": "time", "process": "flow-data-to-noise", "time-distribution": "logit-normal", "prediction-type": "velocity"}, rows={"time": logit.tolist(), "target": (eps - x0).tolist()}, relative=1e-12, absolute=1e-13)

# Custom schedules
for name, text, betas in [
    ("betas", "betas:" + names(given_betas), given_betas),
    ("alphaBars", "alpha-bars:" + names(np.cumprod(1 - given_betas)), given_betas),
    ("sigmas", "sigmas:" + names(np.sqrt(1 / np.cumprod(1 - given_betas) - 1)), given_betas),
]:
    five = np.array([0, 1, 2, 3, 4, 4])
    mine = np.cumprod(1 - betas)[five]
    case(f"schedule of given {name}", "noising", {"rows": {"x0": x0, "eps": eps, "t": five}}, parameters={"noise": "given", "schedule": text}, rows={"xt": (np.sqrt(mine)[:, None] * x0 + np.sqrt(1 - mine)[:, None] * eps).tolist()}, relative=1e-12, absolute=1e-13)
root = np.sqrt(np.cumprod(1 - given_betas))
root = (root - root[-1]) * root[0] / (root[0] - root[-1])
mine = root[five] ** 2
case("schedule of given betas, no signal at the end", "noising", {"rows": {"x0": x0, "eps": eps, "t": five}}, parameters={"noise": "given", "schedule": "betas-zero-snr:" + names(given_betas)}, rows={"xt": (np.sqrt(mine)[:, None] * x0 + np.sqrt(1 - mine)[:, None] * eps).tolist()}, relative=1e-12, absolute=1e-13)

for text, other in {"linear:0.0005:0.03": np.linspace(0.0005, 0.03, T), "scaled-linear:0.0005:0.03": np.linspace(0.0005**0.5, 0.03**0.5, T) ** 2, "sigmoid:0.0005:0.03": 1 / (1 + np.exp(-np.linspace(-6, 6, T))) * (0.03 - 0.0005) + 0.0005}.items():
    mine = np.cumprod(1 - other)[t]
    case(text, "noising", {"rows": {"x0": x0, "eps": eps, "t": t}}, parameters={"noise": "given", "schedule": text}, rows={"xt": (np.sqrt(mine)[:, None] * x0 + np.sqrt(1 - mine)[:, None] * eps).tolist()}, relative=2e-12, absolute=1e-12)
when = np.array([0.01, 0.1, 0.25, 0.5, 0.9, 1.0])
case("VE of diffusers", "noising", {"rows": {"x0": x0, "eps": eps, "time": when}}, parameters={"noise": "given", "process": "ve-sde:0.01:1348"}, rows={"xt": (x0 + col(0.01 * 134800**when) * eps).tolist()}, relative=1e-12, absolute=1e-12)
la = -0.25 * when**2 * 9.5 - 0.5 * when * 0.5
case("VP with beta from 0.5 to 10", "noising", {"rows": {"x0": x0, "eps": eps, "time": when}}, parameters={"noise": "given", "process": "vp-sde:0.5:10"}, rows={"xt": (col(np.exp(la)) * x0 + col(np.sqrt(-np.expm1(2 * la))) * eps).tolist()}, relative=1e-12, absolute=1e-12)

# Targets, all kinds; what a prediction means, all kinds at once
a, s = col(np.sqrt(ab[t])), col(np.sqrt(1 - ab[t]))
for kind, value in kinds(a, s, x0, eps).items():
    case(f"target {kind}", "noising", {"rows": {"x0": x0, "eps": eps, "t": t}}, parameters={"noise": "given", "prediction-type": kind}, rows={"target": value.tolist(), "t": t.tolist()}, relative=2e-12, absolute=1e-12)
xt = a * x0 + s * eps
case("all conversions of v", "diffusion-conversion", {"rows": {"xt": xt, "prediction": pred, "t": t}}, parameters={"from": "v"}, rows={n: value.tolist() for n, value in kinds(a, s, a * xt - s * pred, s * xt + a * pred).items()}, relative=1e-9, absolute=1e-11)

# EDM's preconditioning
sd = 0.7
sg = col(sigma)
y = x0 + sg * eps
c_skip, c_out, c_in = sd**2 / (sg**2 + sd**2), sg * sd / np.sqrt(sg**2 + sd**2), 1 / np.sqrt(sg**2 + sd**2)
target = (x0 - c_skip * y) / c_out
case("EDM", "edm-preconditioning", {"rows": {"xt": y, "sigma": sigma, "x0": x0, "prediction": pred}}, parameters={"sigma-data": str(sd)}, rows={"model-input": (c_in * y).tolist(), "target": target.tolist(), "denoised": (c_skip * y + c_out * pred).tolist(), "c-skip": c_skip[:, 0].tolist(), "c-out": c_out[:, 0].tolist(), "c-in": c_in[:, 0].tolist(), "c-noise": (np.log(sigma) / 4).tolist(), "mse": ((target - pred) ** 2).mean(axis=1).tolist()}, measures={"mse": ((target - pred) ** 2).mean()}, errors={"mse": se(((target - pred) ** 2).mean(axis=1))}, relative=1e-11, absolute=1e-12)
case("EDM's target while noising", "noising", {"rows": {"x0": x0, "eps": eps, "sigma": sigma}}, parameters={"noise": "given", "prediction-type": "edm-preconditioned", "sigma-data": str(sd)}, rows={"target": target.tolist()}, relative=1e-9, absolute=1e-11)
case("EDM on a variance-preserving state", "edm-preconditioning", {"rows": {"xt": xt, "t": t}}, rows={"model-input": (xt / a / np.sqrt((s / a) ** 2 + 0.25)).tolist()}, relative=1e-11, absolute=1e-12)

# Weights for every kind: x0 is moved by d at the same x_t, and the kinds' errors are looked at
d = 1e-3
moved = (xt - a * (x0 + d)) / s
kinds_edm = lambda a, s, x, e: kinds(a, s, x, e) | {"edm-preconditioned": (x - (sd**2 / ((s / a) ** 2 + sd**2)) * (a * x + s * e) / a) / ((s / a) * sd / np.sqrt((s / a) ** 2 + sd**2))}
before, after = kinds_edm(a, s, x0, eps), kinds_edm(a, s, x0 + d, moved)
error = {kind: (np.abs(after[kind] - before[kind]) / d).mean(axis=1) for kind in before}
ratio = (1 - ab[t]) / ab[t]
published = {"snr": ("eps", np.ones(N)), "min-snr": ("eps", np.minimum(snr, 5) / snr), "soft-min-snr": ("edm-preconditioned", ratio * sd**2 / (ratio + sd**2) ** 2), "truncated-snr": ("x0", np.maximum(snr, 1)), "snr-plus-one": ("x0", snr + 1), "edm": ("x0", (ratio + sd**2) / (ratio * sd**2)), "likelihood": ("score", linear[t])}
for weighting, (own, w) in published.items():
    for kind in error:
        case(f"{weighting} for {kind}", "denoising-mse", {"rows": {"target": x0, "prediction": pred, "t": t}}, parameters={"weighting": weighting, "prediction-type": kind, "sigma-data": str(sd)}, rows={"weight": (w * (error[own] / error[kind]) ** 2).tolist()}, relative=1e-8)
    case(f"{weighting} as published", "denoising-mse", {"rows": {"target": x0, "prediction": pred, "t": t}}, parameters={"weighting": weighting, "sigma-data": str(sd)}, measures={"loss": (w * mse).mean()}, rows={"weight": w.tolist()}, relative=1e-11)
time = np.array([0.01, 0.1, 0.25, 0.5, 0.9, 0.95])
beta_t = 0.1 + 19.9 * time
whole = 0.1 * time + 19.9 * time**2 / 2
squared = {"vp-sde": beta_t, "sub-vp-sde": beta_t * (1 - np.exp(-2 * whole)), "ve-sde": (0.01 * 5000**time) ** 2 * 2 * np.log(5000), "edm": 2 * time, "flow-data-to-noise": 2 * time / (1 - time), "flow-noise-to-data": 2 * (1 - time) / time}
for process, g2 in squared.items():
    case(f"likelihood weighting of {process}", "denoising-mse", {"rows": {"target": x0, "prediction": pred, "time": time}}, parameters={"weighting": "likelihood", "process": process}, rows={"weight": g2.tolist()}, relative=1e-11)
case("likelihood weighting at sigma", "denoising-mse", {"rows": {"target": x0, "prediction": pred, "sigma": sigma}}, parameters={"weighting": "likelihood", "prediction-type": "eps"}, rows={"weight": (2 * sigma / sigma**2).tolist()}, relative=1e-12)
case("sum", "denoising-mse", {"rows": {"target": x0, "prediction": pred}}, parameters={"reduction": "sum"}, measures={"loss": (mse * D).mean()}, errors={"loss": se(mse * D)}, relative=1e-12)
lv = np.array([-1.0, 0.3, 0.0, 2.0, -3.0, 1.0])
case("learned variance of the error", "denoising-mse", {"rows": {"target": x0, "prediction": pred, "log-variance": lv}}, rows={"loss": ((mse / np.exp(lv) + lv) / 2).tolist()}, relative=1e-12)

# The variational bound, term by term, from the tables of improved-diffusion
def bound(betas, t, x0, xt, out, kind, variance, vout, limit, cdf):
    abar = np.cumprod(1 - betas)
    prev = np.append(1.0, abar[:-1])
    post = betas * (1 - prev) / (1 - abar)
    logs = np.log(np.append(post[1], post[1:]))
    c1, c2 = betas * np.sqrt(prev) / (1 - abar), (1 - prev) * np.sqrt(1 - betas) / (1 - abar)
    a, s, tt = np.sqrt(abar[t])[:, None], np.sqrt(1 - abar[t])[:, None], t[:, None]
    truth = kinds(a, s, x0, (xt - a * x0) / s)[kind]
    xs = limit({"eps": lambda: (xt - s * out) / a, "x0": lambda: out, "v": lambda: a * xt - s * out}[kind]())
    es = (xt - a * xs) / s
    mean1, mean2 = c1[tt] * x0 + c2[tt] * xt, c1[tt] * xs + c2[tt] * xt
    log1 = logs[tt]
    frac = (vout + 1) / 2
    log2 = {"fixed-small": logs[tt] + 0 * vout, "fixed-large": np.log(np.append(post[1], betas[1:]))[tt] + 0 * vout, "learned": vout, "learned-range": frac * np.log(betas)[tt] + (1 - frac) * logs[tt]}[variance]
    kl = (0.5 * (-1 + log2 - log1 + np.exp(log1 - log2) + (mean1 - mean2) ** 2 * np.exp(-log2))).mean(axis=1) / np.log(2)
    if cdf == "erf":
        F = scipy.stats.norm.cdf
    else:
        F = lambda z: 0.5 * (1 + np.tanh(np.sqrt(2 / np.pi) * (z + 0.044715 * z**3)))
    inv = np.exp(-0.5 * log2)
    plus, minus = F(inv * (x0 - mean2 + 1 / 255)), F(inv * (x0 - mean2 - 1 / 255))
    mass = np.where(x0 < -0.999, plus, np.where(x0 > 0.999, 1 - minus, plus - minus))
    with np.errstate(divide="ignore"):  # only rows of t = 0 are kept
        nll = -np.log(mass if cdf == "erf" else np.maximum(mass, 1e-12)).mean(axis=1) / np.log(2)
    vb = np.where(t == 0, nll, kl)
    lastv = np.log(1 - abar[-1])
    prior = (0.5 * (-1 - lastv + np.exp(lastv) + abar[-1] * x0**2)).mean(axis=1) / np.log(2)
    return vb, ((xs - x0) ** 2).mean(axis=1), ((es - (xt - a * x0) / s) ** 2).mean(axis=1), prior, ((truth - out) ** 2).mean(axis=1)


few = np.linspace(1e-3, 0.5, 4)
image = np.round(np.clip(rng.normal(size=(12, D)) * 0.7, -1, 1) * 127.5) / 127.5
steps = np.tile(np.arange(4), 3)
ab4 = np.cumprod(1 - few)
a, s = np.sqrt(ab4[steps])[:, None], np.sqrt(1 - ab4[steps])[:, None]
e = rng.normal(size=(12, D))
noised = a * image + s * e
iw = rng.uniform(0.5, 2, 12)
vout = rng.uniform(-1, 1, (12, D))
near = {"eps": e + 0.1 * rng.normal(size=(12, D)), "x0": image + 0.01 * rng.normal(size=(12, D)), "v": a * e - s * image + 0.05 * rng.normal(size=(12, D))}
bounds = [("eps", "fixed-small", "none", "approx-cdf"), ("eps", "fixed-large", "clip", "approx-cdf"), ("x0", "fixed-small", "none", "erf"), ("v", "learned-range", "clip", "approx-cdf"), ("eps", "learned", "none", "erf"), ("x0", "learned-range", "none", "approx-cdf")]
for kind, variance, limit, cdf in bounds:
    model = vout - 4 if variance == "learned" else vout
    vb, x0mse, epsmse, prior, own = bound(few, steps, image, noised, near[kind], kind, variance, model, limits[limit] if limit == "none" else lambda x: np.clip(x, -1, 1), cdf)
    data = {"x0": image, "xt": noised, "prediction": near[kind], "t": steps} | ({"variance-output": model} if variance.startswith("learned") else {})
    by = lambda v: [v[steps == q].mean() for q in range(4)]
    errors_by = lambda v: [se(v[steps == q]) for q in range(4)]
    total = sum(by(vb)) + prior.mean()
    spread = np.sqrt(sum(q**2 for q in errors_by(vb)) + se(prior) ** 2)
    case(f"bound, {kind}, {variance}, {limit}, {cdf}", "diffusion-vlb", {"rows": data}, parameters={"schedule": "betas:" + names(few), "prediction-type": kind, "variance": variance, "threshold": limit, "cdf": cdf}, rows={"vb": vb.tolist(), "x0-mse": x0mse.tolist(), "mse": epsmse.tolist(), "prior-bpd": prior.tolist(), "hybrid": (own + vb * 4 / 1000).tolist()}, measures={"total-bpd": 4 * vb.mean() + prior.mean(), "prior-bpd": prior.mean(), "vb": vb.mean(), "x0-mse": x0mse.mean(), "mse": epsmse.mean()}, errors={"vb": se(vb), "total-bpd": se(4 * vb + prior)}, arrays={"timestep": [0, 1, 2, 3], "vb-by-t": by(vb), "x0-mse-by-t": by(x0mse), "mse-by-t": by(epsmse), "vb-by-t-standard-error": errors_by(vb), "total-bpd-by-t": [total, spread]}, relative=1e-8, absolute=1e-10)
vb, x0mse, epsmse, prior, own = bound(few, steps, image, noised, near["eps"], "eps", "fixed-small", vout, lambda x: x, "approx-cdf")
case("bound by importance sampling", "diffusion-vlb", {"rows": {"x0": image, "xt": noised, "prediction": near["eps"], "t": steps, "importance-weight": iw}}, parameters={"schedule": "betas:" + names(few)}, measures={"total-bpd": 4 * (iw * vb).mean() + prior.mean()}, rows={"weighted-vb": (iw * vb).tolist()}, relative=1e-8)

# Stochastic steps
s1[3] = 0.4
up = np.minimum(s1, 0.8 * np.sqrt(s1**2 * (s0**2 - s1**2) / s0**2))
down = np.sqrt(s1**2 - up**2)
xt = np.sqrt(abt) * x0 + np.sqrt(1 - abt) * eps
roles = {"xt": xt, "prediction": pred, "sigma": s0[:, 0], "sigma-next": s1[:, 0]}
case("euler ancestral", "sigma-step", {"rows": roles | {"noise": z}}, parameters={"prediction-type": "x0", "method": "euler-ancestral", "eta": "0.8", "noise": "given"}, rows={"x-next": (xt + (down - s0) * (xt - pred) / s0 + up * z).tolist()}, relative=1e-11, absolute=1e-12)
for limit in ["clip", "dynamic"]:
    slope = (xt - limits[limit](pred)) / s0
    case(f"euler, {limit}", "sigma-step", {"rows": roles}, parameters={"prediction-type": "x0", "eps-from": "clipped"} | options[limit], rows={"x-next": (xt + (s1 - s0) * slope).tolist()}, relative=1e-11, absolute=1e-12)
gamma = np.where((s0 >= 0.05) & (s0 <= 50), min(40 / 64, np.sqrt(2) - 1), 0)
hat = s0 * (1 + gamma)
case("EDM's churn, at most sqrt(2)", "edm-churn", {"rows": {"xt": xt, "sigma": s0[:, 0], "noise": z}}, parameters={"s-churn": "40", "steps": "64", "s-tmin": "0.05", "s-tmax": "50", "s-noise": "1.003", "noise": "given"}, rows={"sigma-hat": hat[:, 0].tolist(), "x-hat": (xt + np.sqrt(hat**2 - s0**2) * 1.003 * z).tolist()}, relative=1e-12, absolute=1e-13)
hat = s0 * (1 + 5 / 64)
case("EDM's churn", "edm-churn", {"rows": {"xt": xt, "sigma": s0[:, 0], "noise": z}}, parameters={"s-churn": "5", "steps": "64", "noise": "given"}, rows={"sigma-hat": hat[:, 0].tolist(), "x-hat": (xt + np.sqrt(hat**2 - s0**2) * z).tolist()}, relative=1e-12, absolute=1e-13)
after = time - np.array([0.005, 0.01, 0.05, -0.1, 0.2, 0.95])
tc, step = time[:, None], (after - time)[:, None]
drift = {"vp-sde": -beta_t / 2, "sub-vp-sde": -beta_t / 2, "ve-sde": 0 * time, "edm": 0 * time, "flow-data-to-noise": -1 / (1 - time), "flow-noise-to-data": 1 / time}
std = {"vp-sde": np.sqrt(1 - np.exp(-whole)), "sub-vp-sde": 1 - np.exp(-whole), "ve-sde": 0.01 * 5000**time, "edm": time, "flow-data-to-noise": time, "flow-noise-to-data": 1 - time}
for process, f in drift.items():
    sign = -1 if process == "flow-noise-to-data" else 1
    slope = f[:, None] * xt - sign * squared[process][:, None] / 2 * (-pred / std[process][:, None])
    case(f"probability flow of {process}", "probability-flow-step", {"rows": {"xt": xt, "prediction": pred, "time": time, "time-next": after}}, parameters={"process": process}, rows={"x-next": (xt + step * slope).tolist()}, relative=1e-9, absolute=1e-11)
# more below

out = pathlib.Path(__file__).parent / "diffusion.golden.json"
versions = f"numpy {np.__version__}, scipy {scipy.__version__}, torch {torch.__version__}"


def plain(value):
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    if isinstance(value, list):
        return [plain(v) for v in value]
    return value.item() if isinstance(value, np.generic) else value


out.write_text(json.dumps({"tool": versions, "source": "generate.py beside this file", "cases": plain(cases)}) + "\n")
