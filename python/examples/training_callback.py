"""Evaluation within a training loop: the KL of a VAE and the loss of a diffusion model by timestep, after each epoch.

It runs with PyTorch's tensors if PyTorch is installed, else with NumPy arrays. The models are untrained stand-ins:
replace `posterior` and `predict` by yours. Nothing else has to change, for tensors on a GPU neither.

    python3 python/examples/training_callback.py
"""

import numpy

import lanewise

try:
    import torch
except ImportError:
    torch = None

TIMESTEPS = 1000


class Evaluate:
    """A callback: collects batches of an epoch, then evaluates them.

    Batches may be tensors or arrays. They are copied to the CPU's memory at once, so a step may reuse its buffers.
    """

    def __init__(self):
        self._columns = {}
        self.history = []

    def on_batch(self, **columns):
        for name, values in columns.items():
            if hasattr(values, "detach"):
                values = values.detach().cpu().numpy()
            self._columns.setdefault(name, []).append(numpy.array(values))

    def on_epoch_end(self, epoch):
        columns = {name: numpy.concatenate(parts) for name, parts in self._columns.items()}
        self._columns = {}
        report = lanewise.evaluate(
            [
                "gaussian-kl",
                {
                    "objective": "denoising-mse",
                    "name": "loss",
                    "columns": {"target": "eps", "prediction": "eps_pred"},
                    "by": {"column": "t", "bins": 4, "range": [0, TIMESTEPS]},
                },
            ],
            columns,
        )
        self.history.append(report)
        kl, loss = report["gaussian-kl"].measures["kl"], report["loss"]
        print(f"epoch {epoch}: KL {kl.value:.3f} ± {kl.standard_error:.3f} nats, loss {loss['mse']:.4f}; by timestep:")
        for label, measures in loss.groups("t").items():
            print(f"  {label:>12} {measures['mse']:.4f}")


def posterior(x, epoch):
    """Mean and log-variance of a stand-in for an encoder."""
    return x / (1 + epoch), x * 0 - 0.1


def predict(noise, t, epoch):
    """A stand-in for a denoiser, which is worse at small timesteps and better with each epoch."""
    return noise * (1 - (1 - t[:, None] / TIMESTEPS) / (1 + epoch))


def train(callback, epochs=3, batches=4, rows=256, width=32):
    generator = numpy.random.default_rng(0)
    for epoch in range(epochs):
        for _ in range(batches):
            x = generator.standard_normal((rows, width)).astype("float32")
            noise = generator.standard_normal((rows, width)).astype("float32")
            t = generator.integers(0, TIMESTEPS, rows)
            if torch is not None:
                x, noise, t = torch.from_numpy(x), torch.from_numpy(noise), torch.from_numpy(t)
            mu, logvar = posterior(x, epoch)
            callback.on_batch(mu=mu, logvar=logvar, eps=noise, eps_pred=predict(noise, t, epoch), t=t)
        callback.on_epoch_end(epoch)


if __name__ == "__main__":
    train(Evaluate())
