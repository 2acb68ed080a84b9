#!/usr/bin/env python3
"""Multistep and two-stage samplers by the code of diffusers and k-diffusion, in float64 (see originals.py): each step as
a case of multistep-step, and whole loops for MultistepSamplerTest: python3 multistep.py DIFFUSERS K_DIFFUSION."""

import json
import pathlib

import numpy as np
import scipy
import torch
from originals import DIFFUSERS, K_DIFFUSION, commit, k_diffusion, scheduler

ROWS, DIM, SEED = 2, 5, 71
cases, loops = [], []
here = pathlib.Path(__file__).parent


def network(x, t):
    """A made-up network; t is sigma or a timestep over 1000."""
    return x / (1 + abs(x)) * (1 + t) / (1 + 2 * t) + 0.1


class Run:
    """One loop: its noise comes from the same generator as its start, in order."""

    def __init__(self, scale=1.0):
        self.rng = np.random.default_rng(SEED)
        self.start = torch.tensor(self.rng.standard_normal((ROWS, DIM)) * scale)
        self.steps = []

    def noise(self):
        return torch.tensor(self.rng.standard_normal((ROWS, DIM)))

    def loop(self, name, end, **about):
        loops.append({"name": name, "start": self.start.ravel().tolist(), "end": end.ravel().tolist()} | about)


def case(name, steps, order, parameters, vectors, scalars=(), relative=1e-12, absolute=1e-12):
    """Steps as rows: each is a dictionary by role, and has x-next. What a first step does not have is filled, and is not
    read, as role order says."""
    columns = {}
    for role in list(vectors) + ["x-next"]:
        columns[role] = [v for s in steps for v in s.get(role, torch.zeros(ROWS, DIM)).tolist()]
    for role in scalars:
        columns[role] = [float(s.get(role, 0)) if "sigma" in role else int(s.get(role, 0)) for s in steps for _ in range(ROWS)]
    if order:
        columns["order"] = [s["order"] for s in steps for _ in range(ROWS)]
    rows = {"x-next": columns.pop("x-next")}
    cases.append({"name": name, "objective": "multistep-step", "parameters": parameters, "sets": {"rows": columns}, "rows": rows, "relative": relative, "absolute": absolute})


def history(steps, level, most):
    """Gives each step the outputs before it."""
    for i, step in enumerate(steps):
        for k in range(1, min(most, i + 1)):
            before = steps[i - k]
            step |= {f"prediction-{k}": before["prediction"], f"state-{k}": before.get("state", before["xt"]), f"{level}-{k}": before[level]}
    return steps


# k-diffusion: sample_lms, sample_dpmpp_2m, sample_dpmpp_2m_sde, sample_dpmpp_3m_sde; the model predicts x0
kd = k_diffusion("sampling.py")
SIGMAS = kd.get_sigmas_karras(6, 0.1, 10.0)


def k_multistep(name, sample, order, parameters, scale=10.0, noisy=False, sigmas=SIGMAS, **options):
    run = Run(scale)
    said = []

    def model(x, sigma):
        said.append(network(x, sigma[:, None]))
        return said[-1]

    drawn = []
    if noisy:
        options["noise_sampler"] = lambda a, b: drawn.append(run.noise()) or drawn[-1]
    states = []
    end = sample(model, run.start, sigmas, callback=lambda info: states.append(info["x"]), **options)
    steps = []
    for i, x in enumerate(states):
        step = {"xt": x, "prediction": said[i], "sigma": sigmas[i], "sigma-next": sigmas[i + 1], "x-next": states[i + 1] if i + 1 < len(states) else end, "order": min(order, i + 1)}
        steps.append(step | ({"noise": drawn[i]} if i < len(drawn) else {}))
    history(steps, "sigma", order)
    vectors = ["xt", "prediction"] + [f"prediction-{k}" for k in range(1, order)]
    if "lms" in name:
        vectors += [f"state-{k}" for k in range(1, order)]
    if noisy:
        vectors.append("noise")
    scalars = ["sigma", "sigma-next"] + [f"sigma-{k}" for k in range(1, order)]
    case(f"k-diffusion {name}", steps, True, {"prediction-type": "x0"} | parameters, vectors, scalars)
    run.loop(name, end, sigmas=sigmas.tolist())


# quad's own tolerance is 1e-4, but its rule is exact for cubics
k_multistep("sample_lms", kd.sample_lms, 4, {"method": "lms"})
k_multistep("sample_lms order 3", lambda *a, **k: kd.sample_lms(*a, order=3, **k), 3, {"method": "lms"})
k_multistep("sample_dpmpp_2m", kd.sample_dpmpp_2m, 2, {"method": "dpm-solver++"})
sde = {"method": "dpm-solver++", "eta": "1", "noise": "given"}
k_multistep("sample_dpmpp_2m_sde midpoint", kd.sample_dpmpp_2m_sde, 2, sde, noisy=True)
k_multistep("sample_dpmpp_2m_sde heun, eta 0.6", kd.sample_dpmpp_2m_sde, 2, sde | {"eta": "0.6", "solver-type": "heun"}, noisy=True, eta=0.6, solver_type="heun")
k_multistep("sample_dpmpp_3m_sde", kd.sample_dpmpp_3m_sde, 3, sde | {"solver-type": "heun"}, noisy=True)
k_multistep("sample_dpmpp_3m_sde eta 0", kd.sample_dpmpp_3m_sde, 3, {"method": "dpm-solver++", "solver-type": "heun"}, noise_sampler=0, eta=0.0)


# k-diffusion: two evaluations a step
def brownian(run):
    """Increments of one path in sigma, as BrownianTreeNoiseSampler scales them: the whole step's contains the first."""
    begun = []

    def sampler(a, b):
        if not begun:
            begun.append((a - b, run.noise()))
            return begun[0][1]
        part, first = begun.pop()
        part = part / (a - b)
        return part.sqrt() * first + (1 - part).sqrt() * run.noise()

    return sampler


def k_staged(name, sample, parameters, noises, path=False, **options):
    run = Run(10.0)
    asked = []

    def model(x, sigma):
        asked.append((x, float(sigma[0]), network(x, sigma[:, None])))
        return asked[-1][2]

    drawn = []
    if noises:
        draw = brownian(run) if path else lambda a, b: run.noise()
        options["noise_sampler"] = lambda a, b: drawn.append(draw(a, b)) or drawn[-1]
    states = []
    end = sample(model, run.start, SIGMAS, callback=lambda info: states.append((info["x"], len(asked) - 1)), **options)
    steps = []
    for i, (x, at) in enumerate(states):
        step = {"xt": x, "prediction": asked[at][2], "sigma": SIGMAS[i], "sigma-next": SIGMAS[i + 1], "x-next": states[i + 1][0] if i + 1 < len(states) else end}
        if SIGMAS[i + 1] > 0:
            step |= {"prediction-mid": asked[at + 1][2], "state-mid": asked[at + 1][0]}
            if noises:
                step["noise"] = drawn[noises * i + noises - 1]
        steps.append(step)
    vectors = ["xt", "prediction", "prediction-mid"] + (["state-mid"] if "dpm_2" in name else []) + (["noise"] if noises else [])
    case(f"k-diffusion {name}", steps, False, {"prediction-type": "x0"} | parameters, vectors, ["sigma", "sigma-next"])
    run.loop(name, end, sigmas=SIGMAS.tolist())


k_staged("sample_dpm_2", kd.sample_dpm_2, {"method": "dpm-2"}, 0)
k_staged("sample_dpm_2_ancestral", kd.sample_dpm_2_ancestral, {"method": "dpm-2", "eta": "1", "noise": "given"}, 1)
k_staged("sample_dpm_2_ancestral eta 0.4", kd.sample_dpm_2_ancestral, {"method": "dpm-2", "eta": "0.4", "noise": "given"}, 1, eta=0.4)
k_staged("sample_dpmpp_2s_ancestral", kd.sample_dpmpp_2s_ancestral, {"method": "dpm-solver++2s", "eta": "1", "noise": "given"}, 1)
k_staged("sample_dpmpp_sde", kd.sample_dpmpp_sde, {"method": "dpm-solver++sde", "eta": "1", "noise": "given"}, 2)
k_staged("sample_dpmpp_sde r 0.3, eta 0.7", kd.sample_dpmpp_sde, {"method": "dpm-solver++sde", "eta": "0.7", "noise": "given", "mid-ratio": "0.3"}, 2, r=0.3, eta=0.7)
k_staged("sample_dpmpp_sde of one path", kd.sample_dpmpp_sde, {"method": "dpm-solver++sde", "eta": "1", "noise": "given"}, 2, path=True)


# diffusers
KINDS = {"epsilon": "eps", "sample": "x0", "v_prediction": "v", "flow_prediction": "velocity"}


def orders(order, count, lower):
    return [min(order, i + 1, count - i if lower else order) for i in range(count)]


def d_multistep(name, solver, order, parameters, steps=7, prediction="epsilon", timesteps=True, noisy=False, loop=True, **options):
    s = solver(solver_order=order, prediction_type=prediction, **options)
    s.set_timesteps(steps)
    run = Run()
    x, taken = run.start, []
    levels = {"path": "straight" if options.get("use_flow_sigmas") else "preserving"}
    for i, t in enumerate(s.timesteps):
        said = network(x, float(t) / 1000)
        extra = {"noise": run.noise()} if noisy else {}
        unipc = "UniPC" in solver.__name__
        # The threshold wants pixels besides channels.
        given = {"variance_noise": extra["noise"][..., None]} if noisy else {}
        after = s.step(said[..., None], t, x[..., None], **given).prev_sample[..., 0]
        step = {"xt": s.last_sample[..., 0] if unipc else x, "state": x, "prediction": said, "x-next": after, "sigma": s.sigmas[i], "sigma-next": s.sigmas[i + 1], "t": t, "t-next": s.timesteps[i + 1] if i + 1 < len(s.timesteps) else -1, "order": int(s.this_order) if unipc else 0}
        taken.append(step | extra)
        x = after
    lower = options.get("lower_order_final", True)
    if not unipc:
        zero = options.get("final_sigmas_type", "zero") == "zero"
        for i, step in enumerate(taken):
            step["order"] = min(order, i + 1, 1 if i == len(taken) - 1 and (lower or zero) else order, 2 if i == len(taken) - 2 and lower else order)
    level = "t" if timesteps else "sigma"
    history(taken, level, order)
    kind = KINDS[prediction]
    parameters = {"prediction-type": kind} | ({} if timesteps else levels) | parameters
    wanted = "eps" if parameters["method"] == "dpm-solver" or parameters.get("unipc-of") == "eps" else "x0"
    before = range(1, order)
    vectors = ["xt", "prediction"] + [f"prediction-{k}" for k in before] + ([f"state-{k}" for k in before] if kind != wanted or "threshold" in parameters else []) + (["noise"] if noisy else [])
    if unipc and kind != wanted:
        vectors.append("state")
    scalars = [level, f"{level}-next"] + [f"{level}-{k}" for k in before]
    case(f"diffusers {name}", taken, True, parameters, vectors, scalars)
    if unipc:
        corrected = []
        for i in range(1, len(taken)):
            last, now = taken[i - 1], taken[i]
            corrected.append({k: v for k, v in last.items()} | {"prediction-next": now["prediction"], "state-next": now["state"], "x-next": now["xt"]})
        ends = ["prediction-next"] + (["state-next"] if kind != wanted else [])
        case(f"diffusers {name}, corrector", corrected, True, parameters | {"method": "unipc-corrector"}, vectors + ends, scalars)
    if loop:
        run.loop(name, x, sigmas=s.sigmas.tolist(), timesteps=s.timesteps.tolist())


dpm = scheduler("scheduling_dpmsolver_multistep.py", "DPMSolverMultistepScheduler")
plus = {"method": "dpm-solver++"}
for order in [1, 2, 3]:
    d_multistep(f"dpmsolver++ {order}", dpm, order, plus)
    d_multistep(f"dpmsolver {order}", dpm, order, {"method": "dpm-solver"}, algorithm_type="dpmsolver", final_sigmas_type="sigma_min", timesteps=False)
d_multistep("dpmsolver++ 2 heun, v", dpm, 2, plus | {"solver-type": "heun"}, solver_type="heun", prediction="v_prediction")
d_multistep("dpmsolver 2 heun, x0", dpm, 2, {"method": "dpm-solver", "solver-type": "heun"}, algorithm_type="dpmsolver", solver_type="heun", final_sigmas_type="sigma_min", prediction="sample", timesteps=False)
d_multistep("dpmsolver++ 3 karras, x0", dpm, 3, plus, prediction="sample", use_karras_sigmas=True, timesteps=False)
d_multistep("dpmsolver++ 2 lu lambdas", dpm, 2, plus, use_lu_lambdas=True, timesteps=False)
d_multistep("dpmsolver++ 3, 16 steps, full order at the end", dpm, 3, plus, steps=16, lower_order_final=False, final_sigmas_type="sigma_min", timesteps=False)
d_multistep("dpmsolver++ 2 flow", dpm, 2, plus, use_flow_sigmas=True, flow_shift=3.0, prediction="flow_prediction", timesteps=False)
d_multistep("dpmsolver++ 2 dynamic threshold", dpm, 2, plus | {"threshold": "dynamic", "dynamic-quantile": "0.9", "dynamic-max": "1.5"}, thresholding=True, dynamic_thresholding_ratio=0.9, sample_max_value=1.5)
noisy = {"eta": "1", "noise": "given"}
for form in ["midpoint", "heun"]:
    d_multistep(f"sde-dpmsolver++ 2 {form}", dpm, 2, plus | noisy | {"solver-type": form}, algorithm_type="sde-dpmsolver++", solver_type=form, noisy=True)
    d_multistep(f"sde-dpmsolver 2 {form}", dpm, 2, {"method": "dpm-solver", "solver-type": form} | noisy, algorithm_type="sde-dpmsolver", solver_type=form, final_sigmas_type="sigma_min", timesteps=False, noisy=True)
d_multistep("sde-dpmsolver++ 3", dpm, 3, plus | noisy | {"sde-third-order": "diffusers"}, loop=False, algorithm_type="sde-dpmsolver++", noisy=True)
unipc = scheduler("scheduling_unipc_multistep.py", "UniPCMultistepScheduler")
for order in [1, 2, 3, 4]:
    d_multistep(f"unipc {order} bh2", unipc, order, {"method": "unipc"})
    # bh1 to sigma 0 is NaN there
    d_multistep(f"unipc {order} bh1", unipc, order, {"method": "unipc", "unipc-b": "bh1"}, solver_type="bh1", final_sigmas_type="sigma_min", timesteps=False)
d_multistep("unipc 3 of eps", unipc, 3, {"method": "unipc", "unipc-of": "eps"}, predict_x0=False, final_sigmas_type="sigma_min", timesteps=False)
d_multistep("unipc 2 of eps bh1, v", unipc, 2, {"method": "unipc", "unipc-of": "eps", "unipc-b": "bh1"}, predict_x0=False, solver_type="bh1", prediction="v_prediction", final_sigmas_type="sigma_min", timesteps=False)
d_multistep("unipc 3 x0 karras", unipc, 3, {"method": "unipc"}, prediction="sample", use_karras_sigmas=True, timesteps=False)
d_multistep("unipc 2 flow", unipc, 2, {"method": "unipc"}, use_flow_sigmas=True, flow_shift=3.0, prediction="flow_prediction", timesteps=False)

# diffusers' LMS: the state is x0 + sigma eps, the model is asked about it over sqrt(sigma^2 + 1)
lms = scheduler("scheduling_lms_discrete.py", "LMSDiscreteScheduler")
s = lms()
s.set_timesteps(7)
run = Run(float(s.sigmas[0]))
x, taken = run.start, []
for i, t in enumerate(s.timesteps):
    said = network(s.scale_model_input(x, t), float(t) / 1000)
    after = s.step(said, t, x).prev_sample
    taken.append({"xt": x, "prediction": said, "sigma": s.sigmas[i], "sigma-next": s.sigmas[i + 1], "x-next": after, "order": min(4, i + 1)})
    x = after
history(taken, "sigma", 4)
case("diffusers lms", taken, True, {"method": "lms"}, ["xt", "prediction", "prediction-1", "prediction-2", "prediction-3"], ["sigma", "sigma-next", "sigma-1", "sigma-2", "sigma-3"])
run.loop("lms", x, sigmas=s.sigmas.tolist(), timesteps=s.timesteps.tolist())

# diffusers' PNDM, with Runge and Kutta's first steps and without
pndm = scheduler("scheduling_pndm.py", "PNDMScheduler")


def d_pndm(name, skip, count, prediction="epsilon", **options):
    s = pndm(skip_prk_steps=skip, prediction_type=prediction, **options)
    s.set_timesteps(count)
    run = Run()
    stride = 1000 // count
    x, kutta, taken, start = run.start, [], [], []
    group, outputs = [], []
    for i, t in enumerate(s.timesteps.tolist()):
        said = network(x, t / 1000)
        after = s.step(said, t, x).prev_sample
        previous = t - stride
        end = previous if previous >= 0 else (-1 if options.get("set_alpha_to_one") else 0)
        if i < len(s.prk_timesteps):
            group.append((x, t, said))
            if len(group) == 4:
                (xt, first, k1), (_, _, k2), (_, _, k3), (_, last, k4) = group
                kutta.append({"xt": xt, "prediction": k1, "prediction-mid": k2, "prediction-mid-2": k3, "prediction-next": k4, "t": first, "t-next": last, "x-next": after})
                outputs.append(k1)
                group = []
        elif skip and i == 1:
            start.append({"xt": run.start, "prediction": outputs[0], "prediction-next": said, "t": t + stride, "t-next": t, "x-next": after})
        else:
            outputs.append(said)
            step = {"xt": x, "prediction": said, "t": t, "t-next": end, "x-next": after, "order": min(4, len(outputs))}
            taken.append(step | {f"prediction-{k}": outputs[-1 - k] for k in range(1, step["order"])})
        x = after
    parameters = {"prediction-type": KINDS[prediction]}
    if kutta:
        case(f"diffusers {name}, Runge and Kutta", kutta, False, parameters | {"method": "prk"}, ["xt", "prediction", "prediction-mid", "prediction-mid-2", "prediction-next"], ["t", "t-next"])
    if start:
        case(f"diffusers {name}, start", start, False, parameters | {"method": "plms-start"}, ["xt", "prediction", "prediction-next"], ["t", "t-next"])
    case(f"diffusers {name}", taken, True, parameters | {"method": "plms"}, ["xt", "prediction", "prediction-1", "prediction-2", "prediction-3"], ["t", "t-next"])
    run.loop(name, x, timesteps=[t for t in s._timesteps[::-1].tolist()], last=end)


d_pndm("pndm", False, 10)
d_pndm("pndm v", False, 9, prediction="v_prediction")
d_pndm("plms", True, 10, set_alpha_to_one=True)
d_pndm("plms v, offset 1", True, 10, prediction="v_prediction", steps_offset=1)

# Latent diffusion's PLMS averages eps; of a model that predicts v each is made at its own level. By its formula
products = np.cumprod(1 - np.linspace(1e-4, 0.02, 1000))
run, taken = Run(), []
said = [run.noise() for _ in range(5)]
seen = [run.noise() for _ in range(5)]
times = [900, 700, 500, 300, 100]
level = lambda t: (1.0, 0.0) if t < 0 else (np.sqrt(products[t]), np.sqrt(1 - products[t]))
weights = [[1], [3 / 2, -1 / 2], [23 / 12, -16 / 12, 5 / 12], [55 / 24, -59 / 24, 37 / 24, -9 / 24]]
noises = [level(t)[0] * v + level(t)[1] * x for t, v, x in zip(times, said, seen)]
for i, t in enumerate(times):
    order = min(4, i + 1)
    end = times[i + 1] if i + 1 < len(times) else -1
    (a, s), (a2, s2) = level(t), level(end)
    mean = sum(w * noises[i - k] for k, w in enumerate(weights[order - 1]))
    taken.append({"xt": seen[i], "prediction": said[i], "t": t, "t-next": end, "order": order, "x-next": a2 * (seen[i] - s * mean) / a + s2 * mean})
history(taken, "t", 4)
before = range(1, 4)
case("latent diffusion's plms of v", taken, True, {"method": "plms", "plms-of": "eps", "prediction-type": "v"}, ["xt", "prediction"] + [f"{r}-{k}" for k in before for r in ["prediction", "state"]], ["t", "t-next"] + [f"t-{k}" for k in before])

tool = f"PyTorch {torch.__version__}, NumPy {np.__version__}, SciPy {scipy.__version__}"
source = f"diffusers {commit(DIFFUSERS)}, k-diffusion {commit(K_DIFFUSION)}, run in float64 by multistep.py"


def listed(name, entries):
    """A line for each entry."""
    head = json.dumps({"tool": tool, "source": source})[:-1]
    return head + f', "{name}": [\n' + ",\n".join(json.dumps(e, allow_nan=False) for e in entries) + "\n]}"


(here / "multistep.golden.json").write_text(listed("cases", cases) + "\n")
(here / "multistep.json").write_text(listed("loops", loops) + "\n")
