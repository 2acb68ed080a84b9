"""The schedulers of diffusers and the samplers of k-diffusion, run in float64: their code as it is, with the names
`torch.float32` and `numpy.float32` standing for float64. Checkouts of both are needed:
python3 multistep.py DIFFUSERS K_DIFFUSION."""

import importlib.util
import pathlib
import subprocess
import sys
import types

import numpy as np
import torch

torch.set_default_dtype(torch.float64)
DIFFUSERS, K_DIFFUSION = (pathlib.Path(p) for p in sys.argv[1:3])


class Wide:
    """A module in which float32 is float64."""

    def __init__(self, module):
        self.module, self.float32 = module, module.float64

    def __getattr__(self, name):
        return getattr(self.module, name)


class Config(dict):
    def __getattr__(self, name):
        if name not in self:
            raise AttributeError(name)
        return self[name]


class Configured:
    def register_to_config(self, **values):
        self.config.update(values)


def register(init):
    import inspect

    def wrapped(self, *args, **kwargs):
        bound = inspect.signature(init).bind(self, *args, **kwargs)
        bound.apply_defaults()
        self.config = Config({k: v for k, v in bound.arguments.items() if k != "self"})
        init(self, *args, **kwargs)

    return wrapped


def module(name, **members):
    made = types.ModuleType(name)
    made.__dict__.update(members)
    made.__path__ = []
    sys.modules[name] = made


def scheduler(file, name):
    """A scheduler's class, with only what it imports of the rest of diffusers."""
    class Output:
        def __init__(self, **values):
            self.__dict__.update(values)

    module("diffusers")
    module("diffusers.schedulers")
    module("diffusers.configuration_utils", ConfigMixin=Configured, register_to_config=register)
    module("diffusers.utils", BaseOutput=Output, deprecate=lambda *a, **k: None, is_scipy_available=lambda: True)
    module("diffusers.utils.torch_utils", randn_tensor=None)
    module("diffusers.schedulers.scheduling_utils", KarrasDiffusionSchedulers=[], SchedulerMixin=type("SchedulerMixin", (), {}), SchedulerOutput=Output)
    path = DIFFUSERS / "src/diffusers/schedulers" / file
    spec = importlib.util.spec_from_file_location("diffusers.schedulers." + path.stem, path)
    loaded = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = loaded
    spec.loader.exec_module(loaded)
    loaded.torch, loaded.np = Wide(torch), Wide(np)
    return getattr(loaded, name)


def k_diffusion(file):
    """A module of k-diffusion."""
    module("torchdiffeq", odeint=None)
    module("torchsde", BrownianTree=None)
    module("tqdm")
    module("tqdm.auto", trange=lambda n, disable=None: range(n), tqdm=None)
    if "k_diffusion" not in sys.modules:
        module("k_diffusion")
        module("k_diffusion.utils", append_dims=lambda x, n: x[(...,) + (None,) * (n - x.ndim)])
        sys.modules["k_diffusion"].utils = sys.modules["k_diffusion.utils"]
    path = K_DIFFUSION / "k_diffusion" / file
    spec = importlib.util.spec_from_file_location("k_diffusion." + path.stem, path)
    loaded = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = loaded
    spec.loader.exec_module(loaded)
    setattr(sys.modules["k_diffusion"], path.stem, loaded)
    return loaded


def commit(path):
    return subprocess.run(["git", "-C", path, "rev-parse", "HEAD"], capture_output=True, text=True, check=True).stdout.strip()[:9]
