#!/usr/bin/env python3
"""Models that predict the mean of the state before, and training losses with the bound scaled and not, by
guided-diffusion's code in float64: python3 previous_x.py GUIDED_DIFFUSION."""

import importlib.util
import json
import pathlib
import subprocess
import sys
import types

import numpy as np
import torch

HOME = pathlib.Path(sys.argv[1])
torch.set_default_dtype(torch.float64)
torch.Tensor.float = torch.Tensor.double
package = types.ModuleType("guided_diffusion")
package.__path__ = [str(HOME / "guided_diffusion")]
sys.modules["guided_diffusion"] = package
gd = importlib.import_module("guided_diffusion.gaussian_diffusion")
T, N, D = 50, 10, 7
rng = np.random.default_rng(79)
tensor = lambda v: torch.tensor(v)
t = torch.tensor([0, 1, 2, 7, 13, 25, 33, 40, 48, 49])
image = tensor(np.round(np.clip(rng.normal(size=(N, D, 1, 1)) * 0.7, -1, 1) * 127.5) / 127.5)
eps, jitter, z = (tensor(rng.normal(size=(N, D, 1, 1))) for _ in range(3))
said_variance = tensor(rng.uniform(-1, 1, (N, D, 1, 1)))
flat = lambda v: v.reshape(N, -1).tolist()
cases = []


def case(name, objective, columns, parameters, rows):
    cases.append({"name": f"guided-diffusion {name}", "objective": objective, "parameters": {"schedule": "linear-scaled", "timesteps": str(T)} | parameters, "sets": {"rows": columns}, "rows": rows, "relative": 1e-9, "absolute": 1e-11})


kinds = {"previous-x": gd.ModelMeanType.PREVIOUS_X, "eps": gd.ModelMeanType.EPSILON, "x0": gd.ModelMeanType.START_X}
variances = {"fixed-small": gd.ModelVarType.FIXED_SMALL, "fixed-large": gd.ModelVarType.FIXED_LARGE, "learned-range": gd.ModelVarType.LEARNED_RANGE}
for kind, mean in kinds.items():
    for variance, var in variances.items():
        for loss, scale in [(gd.LossType.RESCALED_MSE, "timesteps"), (gd.LossType.MSE, "none")]:
            d = gd.GaussianDiffusion(betas=gd.get_named_beta_schedule("linear", T), model_mean_type=mean, model_var_type=var, loss_type=loss)
            xt = d.q_sample(image, t, eps)
            target = {"previous-x": d.q_posterior_mean_variance(image, xt, t)[0], "eps": eps, "x0": image}[kind]
            said = target + 0.05 * jitter
            learned = variance.startswith("learned")
            model = lambda x, steps: torch.cat([said, said_variance], 1) if learned else said
            columns = {"x0": flat(image), "xt": flat(xt), "prediction": flat(said), "t": t.tolist()} | ({"variance-output": flat(said_variance)} if learned else {})
            about = {"prediction-type": kind, "variance": variance}
            for clip in [False, True]:
                terms = d._vb_terms_bpd(model, image, xt, t, clip_denoised=clip)
                error = gd.mean_flat((terms["pred_xstart"] - image) ** 2)
                rows = {"vb": terms["output"].tolist(), "x0-mse": error.tolist()}
                if learned and not clip:
                    rows["hybrid"] = d.training_losses(model, image, t, noise=eps)["loss"].tolist()
                if scale == "timesteps" or "hybrid" in rows:
                    case(f"bound of {kind}, {variance}{', clipped' if clip else ''}, scale {scale}", "diffusion-vlb", columns, about | {"hybrid-scale": scale} | ({"threshold": "clip"} if clip else {}), rows)
        if kind == "previous-x":
            gd.th.randn_like = lambda x: z
            sample = d.p_sample(model, xt, t, clip_denoised=False)["sample"]
            case(f"p_sample of {kind}, {variance}", "ddpm-step", {k: v for k, v in columns.items() if k != "x0"} | {"noise": flat(z)}, about | {"noise": "given"}, {"x-next": flat(sample)})
d = gd.GaussianDiffusion(betas=gd.get_named_beta_schedule("linear", T), model_mean_type=kinds["previous-x"], model_var_type=variances["fixed-small"], loss_type=gd.LossType.MSE)
xt = d.q_sample(image, t, eps)
mean = d.q_posterior_mean_variance(image, xt, t)[0]
case("target previous-x", "noising", {"x0": flat(image), "eps": flat(eps), "t": t.tolist()}, {"noise": "given", "prediction-type": "previous-x"}, {"xt": flat(xt), "target": flat(mean)})
data = d._predict_xstart_from_xprev(xt, t, said)
columns = {"xt": flat(xt), "prediction": flat(said), "t": t.tolist()}
case("previous-x to x0 and eps", "diffusion-conversion", columns, {"from": "previous-x", "to": "x0"}, {"converted": flat(data), "eps": flat(d._predict_eps_from_xstart(xt, t, data)), "previous-x": flat(said)})
data = d._predict_xstart_from_eps(xt, t, said)
case("eps to previous-x", "diffusion-conversion", columns, {"from": "eps", "to": "previous-x"}, {"converted": flat(d.q_posterior_mean_variance(data, xt, t)[0])})
commit = subprocess.run(["git", "-C", HOME, "rev-parse", "HEAD"], capture_output=True, text=True, check=True).stdout.strip()[:9]
head = json.dumps({"tool": f"PyTorch {torch.__version__}, NumPy {np.__version__}", "source": f"guided-diffusion {commit}, run in float64 by previous_x.py"})[:-1]
(pathlib.Path(__file__).parent / "previous-x.golden.json").write_text(head + ', "cases": [\n' + ",\n".join(json.dumps(c, allow_nan=False) for c in cases) + "\n]}\n")
