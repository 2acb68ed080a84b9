"""What comes out of the engine, beside NumPy's formulas in float64."""

import io
import json
import math
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

import numpy

import lanewise
from lanewise import FileError, InputError

try:
    import pyarrow
except ImportError:
    pyarrow = None
try:
    import pandas
except ImportError:
    pandas = None
try:
    import torch
except ImportError:
    torch = None


def kl(mu, logvar):
    """Kingma and Welling, appendix B, of each row."""
    mu, logvar = numpy.asarray(mu, "f8"), numpy.asarray(logvar, "f8")
    return 0.5 * (mu * mu + numpy.exp(logvar) - 1 - logvar).sum(axis=1)


def frechet(a, b):
    """Heusel et al., equation 6; the root by eigenvalues of a symmetric matrix."""
    a, b = numpy.asarray(a, "f8"), numpy.asarray(b, "f8")
    s, t = numpy.cov(a, rowvar=False), numpy.cov(b, rowvar=False)
    w, v = numpy.linalg.eigh(s)
    root = (v * numpy.sqrt(w.clip(0))) @ v.T
    cross = numpy.sqrt(numpy.linalg.eigvalsh(root @ t @ root).clip(0)).sum()
    return ((a.mean(0) - b.mean(0)) ** 2).sum() + numpy.trace(s) + numpy.trace(t) - 2 * cross


class EvaluateTest(unittest.TestCase):
    def setUp(self):
        random = numpy.random.default_rng(7)
        self.mu = random.standard_normal((500, 12))
        self.logvar = random.standard_normal((500, 12)) * 0.5

    def assert_kl(self, result, mu, logvar, relative=1e-12):
        expected = kl(mu, logvar)
        self.assertLess(abs(result["kl"] / expected.mean() - 1), relative)
        error = expected.std(ddof=1) / math.sqrt(len(expected))
        self.assertLess(abs(result.measures["kl"].standard_error / error - 1), 1e-6)
        self.assertEqual(result.measures["kl"].n, len(expected))

    def test_floats_of_every_width(self):
        for dtype in ("f2", "f4", "f8", ">f4"):
            with self.subTest(dtype):
                mu, logvar = self.mu.astype(dtype), self.logvar.astype(dtype)
                self.assert_kl(lanewise.evaluate("gaussian-kl", mu=mu, logvar=logvar), mu, logvar, 1e-7)

    def test_columns_of_two_widths(self):
        mu = self.mu.astype("f4")
        self.assert_kl(lanewise.evaluate("gaussian-kl", mu=mu, logvar=self.logvar), mu, self.logvar, 1e-7)

    def test_arrays_that_are_not_in_order(self):
        views = {
            "fortran": (numpy.asfortranarray(self.mu), self.logvar),
            "strided": (self.mu[::-2, ::2], self.logvar[::-2, ::2]),
            "broadcast": (numpy.broadcast_to(self.mu[0], (500, 12)), self.logvar),
        }
        for name, (mu, logvar) in views.items():
            with self.subTest(name):
                self.assert_kl(lanewise.evaluate("gaussian-kl", mu=mu, logvar=logvar), mu, logvar)

    def test_arrays_of_several_pieces(self):
        mu = numpy.tile(self.mu, (800, 1)).T.copy().T  # 37 MB, by columns
        result = lanewise.evaluate("gaussian-kl", mu=mu, logvar=mu * 0)
        self.assertLess(abs(result["kl"] / kl(mu, mu * 0).mean() - 1), 1e-12)

    def test_lists(self):
        result = lanewise.evaluate("gaussian-kl", mu=[[1, 2], [3, 4]], logvar=[[0.0, 0.0], [0.0, 0.0]])
        self.assertEqual(result["kl"], (2.5 + 12.5) / 2)

    def test_integers_and_booleans(self):
        for dtype in ("i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "?"):
            with self.subTest(dtype):
                t = (numpy.arange(500) % 2).astype(dtype)
                data = {"mu": self.mu, "logvar": self.logvar, "t": t}
                groups = lanewise.evaluate("gaussian-kl", data, by="t").groups("t")
                self.assertEqual(list(groups), ["0", "1"])
                expected = kl(self.mu[1::2], self.logvar[1::2]).mean()
                self.assertLess(abs(groups["1"]["kl"] / expected - 1), 1e-12)

    def test_text(self):
        label = numpy.array(["a", "größer"] * 250)
        for labels in (label, label.tolist(), label.astype(object)):
            result = lanewise.evaluate("gaussian-kl", mu=self.mu, logvar=self.logvar, label=labels, by="label")
            expected = kl(self.mu[1::2], self.logvar[1::2]).mean()
            self.assertLess(abs(result.groups()["größer"]["kl"] / expected - 1), 1e-12)

    def test_bins(self):
        t = numpy.arange(500) * 2
        result = lanewise.evaluate(
            "gaussian-kl", mu=self.mu, logvar=self.logvar, t=t, by={"column": "t", "bins": 4, "range": [0, 1000]}
        )
        rows = kl(self.mu, self.logvar)
        for i, measures in enumerate(result.groups("t").values()):
            self.assertLess(abs(measures["kl"] / rows[t // 250 == i].mean() - 1), 1e-12)

    def test_sequences(self):
        tokens = [numpy.log([0.5, 0.25]), numpy.log([0.5]), numpy.log([0.1, 0.2, 0.4])]
        result = lanewise.evaluate("log-likelihood", logprob=tokens)
        every = numpy.concatenate(tokens)
        self.assertLess(abs(result["nll-per-token"] / -every.mean() - 1), 1e-12)
        self.assertLess(abs(result["log-likelihood"] / (every.sum() / 3) - 1), 1e-12)

    def test_sequences_that_happen_to_be_as_long(self):
        result = lanewise.evaluate("log-likelihood", logprob=[[-1.0, -2.0], [-0.5, -0.5]])
        self.assertEqual(result["nll-per-token"], 1)

    def test_sequences_that_are_no_sequences(self):
        with self.assertRaisesRegex(InputError, "^rows: column 'logprob': found rows of rows of different lengths"):
            lanewise.evaluate("log-likelihood", logprob=[[[1.0, 2], [3.0]], [[4.0]]])
        with self.assertRaisesRegex(InputError, r"^rows: column 'logprob': found rows of different shapes such as \(2, 3\)"):
            lanewise.evaluate("log-likelihood", logprob=[numpy.ones((2, 3)), numpy.ones((4, 3))])
        with self.assertRaisesRegex(InputError, "column 'mu.*found 2 elements, expected 1"):
            lanewise.evaluate("gaussian-kl", mu=[[1.0], [3.0, 4.0]], logvar=[[0.0], [0.0]])

    def test_no_rows(self):
        for mu, logvar in ((self.mu[:0], self.logvar[:0]), ([], [])):
            empty = lanewise.evaluate("gaussian-kl", mu=mu, logvar=logvar)
            self.assertTrue(math.isnan(empty["kl"]))
            self.assertEqual(empty.measures["kl"].n, 0)

    def test_sets(self):
        random = numpy.random.default_rng(3)
        real, generated = random.standard_normal((400, 6)), random.standard_normal((300, 6)) * 1.5 + 0.2
        expected = frechet(real, generated)
        result = lanewise.evaluate("frechet-distance", real=real, generated=generated)
        self.assertLess(abs(result["frechet-distance"] / expected - 1), 1e-9)
        result = lanewise.evaluate("fid", real={"features": real, "id": range(400)}, generated={"features": generated})
        self.assertLess(abs(result["frechet-distance"] / expected - 1), 1e-9)

    def test_several_objectives(self):
        report = lanewise.evaluate(
            [
                "gaussian-kl",
                "posterior-collapse",
                {"objective": "gaussian-kl", "name": "free", "parameters": {"free-bits": 1.0}},
            ],
            mu=self.mu,
            logvar=self.logvar,
        )
        self.assertEqual(list(report), ["gaussian-kl", "posterior-collapse", "free"])
        self.assert_kl(report["gaussian-kl"], self.mu, self.logvar)
        active = (self.mu.var(axis=0, ddof=1) > 0.01).sum()
        self.assertEqual(report["posterior-collapse"]["active-units"], active)
        dimensions = 0.5 * (self.mu**2 + numpy.exp(self.logvar) - 1 - self.logvar)
        free = numpy.maximum(1.0, dimensions).sum(axis=1).mean()
        self.assertLess(abs(report["free"]["kl-free-bits"] / free - 1), 1e-12)

    def test_options(self):
        named = lanewise.evaluate("gaussian-kl", mu=self.mu, logvar=self.logvar, options={"free_bits": numpy.float64(1)})
        self.assertEqual(float(named.parameters["free-bits"]), 1)
        self.assertIn("kl-free-bits", named)

    def test_outputs(self):
        result = lanewise.evaluate("gaussian-kl", mu=self.mu, logvar=self.logvar, outputs=True)
        numpy.testing.assert_allclose(result.outputs["kl"], kl(self.mu, self.logvar), rtol=1e-13)
        more = lanewise.evaluate("gaussian-kl", mu=self.mu, logvar=self.logvar, outputs=["kl-per-dimension"])
        self.assertEqual(more.outputs["kl-per-dimension"].shape, (500, 12))
        numpy.testing.assert_allclose(more.outputs["kl-per-dimension"].sum(axis=1), kl(self.mu, self.logvar), rtol=1e-12)

    def test_numbers_that_are_not_finite(self):
        self.mu[3, 4] = numpy.nan
        self.logvar[9, 0] = numpy.inf
        with self.assertRaisesRegex(InputError, r"^rows: row 3 .*column 'mu' element 4: found NaN, policy is fail$"):
            lanewise.evaluate("gaussian-kl", mu=self.mu, logvar=self.logvar)
        kept = numpy.delete(numpy.arange(500), [3, 9])
        skipped = lanewise.evaluate("gaussian-kl", mu=self.mu, logvar=self.logvar, policy="skip", outputs=True)
        self.assert_kl(skipped, self.mu[kept], self.logvar[kept])
        self.assertEqual(skipped.rows["rows"]["non_finite"], 2)
        self.assertEqual(numpy.flatnonzero(numpy.isnan(skipped.outputs["kl"])).tolist(), [3, 9])
        self.assertTrue(math.isnan(lanewise.evaluate("gaussian-kl", mu=self.mu, logvar=self.logvar, policy="propagate")["kl"]))

    def test_masked_arrays(self):
        plain = numpy.ma.masked_array(self.mu)
        self.assert_kl(lanewise.evaluate("gaussian-kl", mu=plain, logvar=self.logvar), self.mu, self.logvar)
        with self.assertRaisesRegex(InputError, "column 'mu': found masked values"):
            lanewise.evaluate("gaussian-kl", mu=numpy.ma.masked_greater(self.mu, 0), logvar=self.logvar)

    def test_files(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder, "posterior.npz")
            numpy.savez(path, mean=self.mu, other=self.logvar)
            found = lanewise.evaluate("gaussian-kl", path, columns={"logvar": "other"})
            self.assert_kl(found, self.mu, self.logvar)
            for name, half in (("a", slice(0, 200)), ("b", slice(200, 500))):
                numpy.savez(pathlib.Path(folder, f"part-{name}.npz"), mu=self.mu[half], logvar=self.logvar[half])
            self.assert_kl(lanewise.evaluate("gaussian-kl", os.path.join(folder, "part-*.npz")), self.mu, self.logvar)
            both = [os.path.join(folder, "part-a.npz"), pathlib.Path(folder, "part-b.npz")]
            self.assert_kl(lanewise.evaluate("gaussian-kl", both), self.mu, self.logvar)
            numpy.save(os.path.join(folder, "real.npy"), self.mu)
            result = lanewise.evaluate("fid", real=os.path.join(folder, "real.npy"), generated=self.logvar)
            self.assertLess(abs(result["frechet-distance"] / frechet(self.mu, self.logvar) - 1), 1e-9)

    def test_relative_paths_follow_the_interpreter(self):
        before = os.getcwd()
        with tempfile.TemporaryDirectory() as folder:
            numpy.savez(os.path.join(folder, "here.npz"), mu=self.mu, logvar=self.logvar)
            os.chdir(folder)
            try:
                self.assert_kl(lanewise.evaluate("gaussian-kl", "here.npz"), self.mu, self.logvar)
            finally:
                os.chdir(before)

    def test_mistakes(self):
        mu, logvar = self.mu, self.logvar
        cases = [
            (r"unknown objective 'gausian-kl'; did you mean 'gaussian-kl'", "gausian-kl", {"mu": mu, "logvar": logvar}),
            (r"'logvr'.*did you mean 'logvar'", "gaussian-kl", {"mu": mu, "logvr": logvar}),
            (r"column 'logvar': found 3 elements a row, expected 12", "gaussian-kl", {"mu": mu, "logvar": logvar[:, :3]}),
            (r"found", "gaussian-kl", {"mu": mu, "logvar": logvar[:7]}),
            (r"role 'logvar'|column.*logvar", "gaussian-kl", {"mu": mu}),
            (r"found no rows of set 'real', expected the argument 'real'", "fid", {"generated": mu}),
            (r"unknown parameter of gaussian-kl 'free-bit'", "gaussian-kl", {"mu": mu, "logvar": logvar, "options": {"free-bit": 1}}),
            (r"column 'mu': found an array of type complex128", "gaussian-kl", {"mu": mu * 1j, "logvar": logvar}),
            (r"column 'mu': found an array of type object", "gaussian-kl", {"mu": mu.astype(object), "logvar": logvar}),
            (r"column 'mu': found one value without dimensions", "gaussian-kl", {"mu": 1.0, "logvar": logvar}),
            (r"threads", "gaussian-kl", {"mu": mu, "logvar": logvar, "threads": 10**6}),
            (r"policy", "gaussian-kl", {"mu": mu, "logvar": logvar, "policy": "ignore"}),
            (r"beside 'data'", "gaussian-kl", {"data": {"mu": mu}, "logvar": logvar}),
            (r"found several objectives", ["gaussian-kl", "elbo"], {"mu": mu, "options": {"free-bits": 1}}),
        ]
        for pattern, objective, words in cases:
            with self.subTest(pattern):
                with self.assertRaisesRegex(InputError, pattern) as caught:
                    lanewise.evaluate(objective, **words)
                self.assertNotIn("/proc/", str(caught.exception))
        with self.assertRaisesRegex(FileError, "^/no/such.npz: no such file$"):
            lanewise.evaluate("gaussian-kl", "/no/such.npz")

    def test_results_tell_all(self):
        result = lanewise.evaluate("gaussian-kl", {"mu": self.mu, "logvar": self.logvar, "mean": self.mu})
        self.assertEqual(len(result.warnings), 1)
        self.assertIn("'mean'", result.warnings[0])
        self.assertEqual(result.measures["kl"].unit, "nats")
        self.assertEqual(float(result.measures["kl"]), result["kl"])
        self.assertEqual(result.to_dict()["formula"], lanewise.describe("gaussian-kl")["formula"])
        self.assertEqual(dict(result)["kl"], result["kl"])
        with self.assertRaisesRegex(KeyError, "found no measure 'k', expected one of kl"):
            result["k"]

    def test_text_that_looks_like_a_number_stays_text(self):
        label = numpy.array(["NaN", "Infinity"] * 250)
        result = lanewise.evaluate("gaussian-kl", mu=self.mu, logvar=self.logvar, label=label, by="label")
        self.assertEqual(set(result.groups()), {"NaN", "Infinity"})

    def test_without_numpy(self):
        program = """
import sys
sys.modules["numpy"] = None
import array, lanewise
print(lanewise.evaluate("gaussian-kl", mu=[[1.0, 2], [3, 4]], logvar=[[0, 0], [0, 0]])["kl"])
print(lanewise.evaluate("hinge-gan", real=array.array("d", [2, 0.5]), fake=[0.0, 1.0])["discriminator-loss"])
try:
    lanewise.evaluate("gaussian-kl", mu=[[1.0], [3, 4]], logvar=[0, 0])
except lanewise.InputError as e:
    print(e)
print(lanewise.evaluate("log-likelihood", logprob=[[-1.0, -2.0], [-0.5]])["nll-per-token"])
"""
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=300)
        self.assertEqual(done.returncode, 0, done.stderr)
        kls, hinge, mistake, tokens = done.stdout.splitlines()
        self.assertEqual(float(kls), 7.5)
        # mean(max(0, 1 - real)) + mean(max(0, 1 + fake))
        self.assertEqual(float(hinge), 0.25 + 1.5)
        self.assertIn("column 'mu", mistake)
        self.assertEqual(float(tokens), 3.5 / 3)

    @unittest.skipIf(pandas is None, "found no pandas")
    def test_pandas(self):
        frame = pandas.DataFrame({"mu": self.mu[:, 0], "logvar": self.logvar[:, 0], "label": ["a", "b"] * 250})
        result = lanewise.evaluate("gaussian-kl", frame, by="label")
        self.assert_kl(result, self.mu[:, :1], self.logvar[:, :1])
        self.assertEqual(result.to_frame().loc["kl", "value"], result["kl"])
        report = lanewise.evaluate(["gaussian-kl"], frame)
        self.assertEqual(report.to_frame().loc[("gaussian-kl", "kl"), "n"], 500)

    @unittest.skipIf(pyarrow is None, "found no pyarrow")
    def test_arrow(self):
        logvar = self.logvar[:, 0].tolist()
        logvar[5] = None
        table = pyarrow.table({"mu": self.mu[:, 0], "logvar": logvar})
        kept = numpy.delete(numpy.arange(500), 5)
        for value in (table, table.to_batches()[0], table.to_reader()):
            result = lanewise.evaluate("gaussian-kl", value, policy="skip")
            self.assert_kl(result, self.mu[kept, :1], self.logvar[kept, :1])
            self.assertEqual(result.rows["rows"]["nulls"], 1)

    @unittest.skipIf(torch is None, "found no PyTorch")
    def test_torch(self):
        mu, logvar = torch.from_numpy(self.mu).requires_grad_(), torch.from_numpy(self.logvar)
        self.assert_kl(lanewise.evaluate("gaussian-kl", mu=mu, logvar=logvar), self.mu, self.logvar)
        for dtype in (torch.bfloat16, torch.float16):
            short = mu.to(dtype)
            result = lanewise.evaluate("gaussian-kl", mu=short, logvar=logvar)
            self.assert_kl(result, short.detach().double().numpy(), self.logvar, 1e-7)

    def test_example(self):
        path = pathlib.Path(__file__).parents[1] / "examples" / "training_callback.py"
        done = subprocess.run([sys.executable, str(path)], capture_output=True, text=True, timeout=300)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stdout.count("epoch "), 3)
        # The denoiser is off by (1 - t/T) of the noise in the first epoch, by half of it in the second.
        losses = [float(line.split("loss ")[1].split(";")[0]) for line in done.stdout.splitlines() if "loss " in line]
        self.assertLess(abs(losses[0] - 1 / 3), 0.05)
        self.assertLess(abs(losses[1] / losses[0] - 1 / 4), 0.03)


if __name__ == "__main__":
    unittest.main()
