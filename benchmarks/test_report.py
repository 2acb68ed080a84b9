"""That the page says what was measured. Run by ReportTest, or `python3 benchmarks/test_report.py`."""

import io
import pathlib
import sys
import tempfile
import unittest
import unittest.mock
import xml.etree.ElementTree

import report
import run
import targets


def jmh(name, samples, threads=1, **params):
    return {"benchmark": f"io.lanewise.benchmarks.{name}.run", "threads": threads, "round": 0, "forks": 1,
            "jvmArgs": ["--add-modules=jdk.incubator.vector", "-Xshare"],
            "params": {"dtype": "FLOAT32", "size": "L2", **params},
            "primaryMetric": {"scoreUnit": "ns/op", "rawData": [samples]}}


def check(name, count, threads=1, implementation="SIMD", dim=512, kernels="simd-256"):
    return {"benchmark": name, "dtype": "float32", "size": "L2", "threads": threads, "dim": dim, "count": count,
            "implementation": implementation, "kernels": kernels, "error": 2e-16, "bound": 1e-13}


def example():
    return report.slim({
        "date": "2026-01-01T00:00+00:00", "revision": "abc", "quick": True, "minutes": 1, "skipped": [],
        "problems": [], "machine": {"class": "c", "cpu": "CPU", "cores": 2, "extension": "avx2", "memoryGiB": 8,
                                    "os": "Linux", "load": 0.1, "jvm": "JVM"},
        "jmh": [
            jmh("GaussianKlBenchmark", [2000, 1000, 3000], dim="512", implementation="SIMD"),
            jmh("GaussianKlBenchmark", [20000], dim="512", implementation="SCALAR"),
            jmh("GaussianKlBenchmark", [10000], dim="512", implementation="AUTO"),
            jmh("GaussianKlBenchmark", [2000], threads=2, dim="512", implementation="SIMD"),
            jmh("GaussianKlBenchmark", [500], dim="512", implementation="SINGLE"),
            jmh("GaussianKlBenchmark", [500], dim="512", implementation="SINGLE", dtype="FLOAT64"),
            jmh("PairwiseProductsBenchmark", [1000 * 128], implementation="SIMD"),
            jmh("PairwiseProductsBenchmark", [1000 * 8], implementation="SINGLE"),
            jmh("StepBenchmark", [2000], implementation="SIMD", step="ddim"),
            jmh("ExactSumBenchmark", [4000], implementation="SIMD", terms="products", dtype="FLOAT64"),
            jmh("ExactSumBenchmark", [8000], implementation="COMPENSATED", terms="products", dtype="FLOAT64"),
            jmh("ExactSumBenchmark", [2000], implementation="AUTO", terms="products", dtype="FLOAT64"),
            jmh("NoiseBenchmark", [2000], implementation="SIMD", stream="philox"),
            jmh("NoiseBenchmark", [9000], implementation="SCALAR", stream="philox"),
            jmh("NoiseBenchmark", [16000], implementation="AUTO", stream="philox"),
            jmh("NoiseBenchmark", [1000], implementation="SIMD", stream="threefry"),
            jmh("NoiseBenchmark", [8000], implementation="SCALAR", stream="threefry"),
            jmh("LangevinStepBenchmark", [3000], implementation="SIMD", noise="threefry"),
            jmh("MachineLimit", [500], limit="read"),
            jmh("MachineLimit", [4096 * 12], limit="fma"),
        ],
        "checks": [check("GaussianKl", 1000), check("GaussianKl", 1000, implementation="SCALAR", kernels="scalar"),
                   check("GaussianKl", 1000, threads=2), check("MachineLimit.read", 2000, kernels="256"),
                   check("MachineLimit.fma", 4096, kernels="256"),
                   {**check("GaussianKl", 1000, implementation="SINGLE", kernels="simd-256 single"), "error": 1e-8},
                   {**check("GaussianKl", 1000, implementation="SINGLE"), "dtype": "float64"},
                   check("PairwiseProducts", 1000, dim=256), check("Step.ddim", 1000),
                   check("Noise", 1000, dim=1), check("Noise.threefry", 1000, dim=1),
                   check("LangevinStep.generated.threefry", 1000, dim=1),
                   check("PairwiseProducts", 1000, dim=256, implementation="SINGLE"),
                   *({**check("ExactSum.products", 1000, dim=1, implementation=who), "dtype": "float64"}
                     for who in ("SIMD", "COMPENSATED", "AUTO"))],
        "peers": [{"peer": "NumPy 1", "formulation": "a_slow", "benchmark": "GaussianKl", "dtype": "FLOAT32",
                   "size": "L2", "dim": 512, "threads": 1, "count": 1000, "ns": [9, 8, 10]},
                  {"peer": "NumPy 1", "formulation": "a_fast", "benchmark": "GaussianKl", "dtype": "FLOAT32",
                   "size": "L2", "dim": 512, "threads": 1, "count": 1000, "ns": [7, 8, 6]}],
    })


class ReportTest(unittest.TestCase):
    at = ("GaussianKl", "float32", "L2", 512, 1)

    def test_row_compares_medians(self):
        row = report.row_of(report.Results(example()), self.at)
        self.assertEqual(row["figure"].text(), "2.00 [1.00–3.00]")
        self.assertEqual(row["speed"], 4)  # 8 bytes in 2 ns
        self.assertAlmostEqual(row["share"], 4 / 16)  # reading: 4 bytes in a quarter of a nanosecond
        self.assertEqual((row["SCALAR"], row["AUTO"]), (10, 5))

    def test_best_peer_is_the_fastest_formulation(self):
        row = report.row_of(report.Results(example()), self.at)
        self.assertEqual((row["peer"][0], row["peer"][3]), (3.5, "a_fast"))

    def test_single_precision_has_a_row_with_the_same_baselines_and_peers(self):
        results = report.Results(example())
        row = report.row_of(results, ("GaussianKl.single", *self.at[1:]))
        self.assertEqual((row["figure"].median, row["SCALAR"], row["AUTO"]), (0.5, 40, 20))
        self.assertEqual((row["peer"][0], row["error"]), (14, 1e-8))
        self.assertEqual(report.row_of(results, self.at)["error"], 2e-16)
        self.assertIn("simd-256 single", results.kernels)

    def test_float64_has_no_single_precision(self):
        self.assertIsNone(report.row_of(report.Results(example()), ("GaussianKl.single", "float64", *self.at[2:])))

    def test_products_of_all_pairs_count_operations(self):
        results = report.Results(example())
        wide = report.row_of(results, ("PairwiseProducts", "float32", "L2", 0, 1))
        single = report.row_of(results, ("PairwiseProducts.single", "float32", "L2", 0, 1))
        self.assertEqual((wide["speed"], wide["share"]), (1, None))
        self.assertEqual((single["speed"], single["share"]), (16, 1))  # the peak of test_peak

    def test_peer_of_float64_products_is_not_that_of_float32(self):
        data = example()
        entry = {**data["peers"][0], "dim": 256}
        data["peers"] = [{**entry, "benchmark": "PairwiseProducts", "formulation": "dgemm", "ns": [9]},
                         {**entry, "benchmark": "PairwiseProducts.single", "formulation": "sgemm", "ns": [8]}]
        results = report.Results(data)
        self.assertEqual([results.best_peer((name, "float32", "L2", 0, 1))[0][1]
                          for name in ("PairwiseProducts", "PairwiseProducts.single")], ["dgemm", "sgemm"])

    def test_compensated_sums_have_a_row_and_the_plain_sum_is_beside_both(self):
        results = report.Results(example())
        at = ("float64", "L2", 0, 1)
        exact = report.row_of(results, ("ExactSum.products", *at))
        compensated = report.row_of(results, ("ExactSum.products.compensated", *at))
        self.assertEqual((exact["AUTO"], compensated["AUTO"]), (0.5, 0.25))
        page = report.page(example())
        self.assertIn("| exact sum of products | float64 |", page)
        self.assertIn("| compensated sum of products, plain Java | float64 |", page)
        self.assertIn("| Gaussian KL a row, single precision | float32 |", page)
        self.assertIn("| DDIM step, timestep a row (transform) | float32 |", page)

    def test_a_stream_has_a_row_with_its_own_plain_form_and_the_same_loop_and_peers(self):
        data = example()
        data["peers"] = [{**data["peers"][0], "benchmark": "Noise", "dim": 1, "ns": [5]}]
        results = report.Results(data)
        at = ("float32", "L2", 0, 1)
        philox, threefry = (report.row_of(results, (name, *at)) for name in ("Noise", "Noise.threefry"))
        self.assertEqual((philox["SCALAR"], philox["AUTO"], philox["peer"][0]), (4.5, 8, 2.5))
        self.assertEqual((threefry["SCALAR"], threefry["AUTO"], threefry["peer"][0]), (8, 16, 5))
        page = report.page(data)
        self.assertIn("| standard normals (Threefry4x32-13) | float32 |", page)
        self.assertIn("| Langevin step in place, noise generated (Threefry4x32-13) | float32 |", page)

    def test_targets_are_beside_what_was_reached(self):
        kl = targets.Target("GaussianKl", "L2", 1, peer=4, dim=512, why=("because",))
        share = targets.Target("GaussianKl", "L2", 1, share=0.2, dim=512, why=("because",))
        other = targets.Target("Noise", "DRAM", 2, peer=4)
        with unittest.mock.patch.object(report, "TARGETS", [kl, share, other]):
            lines = report.targets_table(report.Results(example())).splitlines()[2:]
        self.assertEqual([line.split(" | ")[4:] for line in lines[:3]],
                         [["4.00x best peer", "3.50x", "88%", "1 |"], ["0.20 read", "0.25", "125%", "|"],
                          ["4.00x best peer", "not measured", "–", "|"]])
        self.assertEqual(lines[3:], ["", "1. because"])

    def test_whole_runs_and_grouping_are_beside_their_targets(self):
        runs = [{"name": name, "file": "f", "seconds": [seconds]}
                for name, seconds in (("read", 2), ("gaussian-kl, less its start", 5), ("copy to a file", 4),
                                      ("noising, eps given, less its start", 3))]
        runs.append({"name": "by t", "file": "g", "ns": [4, 2, 8]})
        data = {"gib": "1", "date": "d", "revision": "r", "rounds": 3, "runs": runs}
        text = report.end_to_end(data)
        self.assertIn("| gaussian-kl, less its start | 1.25x read | 2.50x | 50% | 1, 2 |", text)
        self.assertIn("| noising, eps given, less its start | 1.50x copy to a file | 0.750x | 200% | |", text)
        self.assertIn("| by t (g) | 1.00 ns a row more | 4.00 [2.00–8.00] ns | 25% | 3 |", text)
        self.assertIn("\n1. Two fifths", text)
        self.assertIn("\n3. Sums of groups", text)

    def test_sample_metrics_are_beside_their_targets(self):
        runs = [{"name": name, "seconds": seconds, "mebibytes": 700, "value": 0.5} for name, seconds in (
            ("frechet-distance", [4, 2, 9]), ("frechet-distance, single precision", [2]), ("NumPy, symmetric", [4, 5, 6]),
            ("NumPy and SciPy's sqrtm", [20]), ("precision-recall", [5]), ("NumPy, precision and recall", [10]),
            ("kernel-inception-distance, subsets", [8]), ("kernel-inception-distance", [2]), ("NumPy, KID subsets", [8]))]
        data = {"date": "d", "revision": "r", "rounds": 3, "threads": 2, "rows": 50000, "pairs": 10000, "dim": 2048,
                "runs": runs}
        text = report.sample_metrics(data)
        self.assertIn("| frechet-distance | 4.00 [2.00–9.00] | 700 | 0.5 |", text)
        self.assertIn("| frechet-distance | 1.50x NumPy, symmetric | 1.25x | 83% | 1, 2 |", text)
        self.assertIn("| frechet-distance, single precision | 3.00x NumPy and SciPy's sqrtm | 10.0x | 333% | |", text)
        self.assertIn("| kernel-inception-distance, subsets | 2.00x NumPy, KID subsets | 1.00x | 50% | 3, 2, 4 |", text)
        self.assertIn("\n1. 420 GFLOP of float64", text)
        self.assertIn("\n3. 820 GFLOP of float32", text)

    def test_the_page_has_the_whole_runs_that_are_beside_its_results(self):
        metrics = {"machine": {"class": "m"}, "date": "d", "revision": "r", "rounds": 1, "threads": 2, "rows": 5, "pairs": 4, "dim": 3, "runs": [
            {"name": name, "seconds": [1], "mebibytes": 1, "value": 1}
            for name in {t.name for t in targets.SAMPLE_METRICS} | {t.base for t in targets.SAMPLE_METRICS}]}
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder) / "benchmarks"
            (folder / "results").mkdir(parents=True)
            page = folder.parent / "docs" / "performance.md"
            page.parent.mkdir()
            parts = ("answer", "machine", "kernels", "targets", "end-to-end", "sample-metrics")
            page.write_text("By hand.\n" + "\n".join(f"<!-- measured: {part} -->\n<!-- /measured -->" for part in parts),
                            encoding="utf-8")
            empty = page.read_text(encoding="utf-8")
            file = report.save("sample-metrics", metrics, folder)
            self.assertEqual(page.read_text(encoding="utf-8"), empty)
            (folder / "results" / "m.json").write_text(report.json.dumps(example()), encoding="utf-8")
            report.write(folder / "results" / "m.json", page.parent)
            self.assertIn("`benchmarks/sample_metrics.py`", page.read_text(encoding="utf-8"))
            self.assertTrue(page.read_text(encoding="utf-8").startswith("By hand.\n<!-- measured: answer -->\n- **Kernels"))
            self.assertIn("| Gaussian KL a row |", (page.parent / "performance-kernels.md").read_text(encoding="utf-8"))
            file.unlink()
            report.write(folder / "results" / "m.json", page.parent)
            self.assertNotIn("`benchmarks/sample_metrics.py`", page.read_text(encoding="utf-8"))
            report.save("sample-metrics", metrics, folder)
            self.assertIn("`benchmarks/sample_metrics.py`", page.read_text(encoding="utf-8"))

    def test_the_summary_has_a_line_for_each_kernel(self):
        lines = report.summary(report.Results(example())).splitlines()
        self.assertIn("| Gaussian KL a row | float32 | 2.00 | – | 0.25 read | – | 5.00x | 3.50x | – | – | – |", lines)
        self.assertIn("| exact sum of products | float64 | 4.00 | – | – | – | 0.500x | – | – | – | – |", lines)

    def test_the_answer_counts_kernels_and_targets(self):
        kl = targets.Target("GaussianKl", "L2", 1, peer=4, dim=512)
        share = targets.Target("GaussianKl", "L2", 1, share=0.2, dim=512)
        with unittest.mock.patch.object(report, "TARGETS", [kl, share]):
            text = report.answer(report.Results(example()), None, None)
        self.assertIn("on one thread 1 of 1 measurements are faster, at 3.50 to 3.50 times the speed (median 3.50). On "
                      "two threads not measured.", text)
        self.assertIn("`--precision single`:** on one thread 1 of 1 measurements are faster, at 14.0 to 14.0 times the speed (median "
                      "14.0).", text)
        self.assertIn("1 of 2 targets of the kernels are reached", text)

    def test_a_page_without_a_place_for_a_part_is_refused(self):
        with self.assertRaisesRegex(ValueError, "found no '<!-- measured: kernels -->'"):
            report.fill("nothing", {"kernels": ""})

    def test_targets_are_of_kernels_that_are_measured(self):
        for target in targets.TARGETS:
            self.assertIn(target.kernel, report.KERNELS)
            self.assertEqual(target.dim > 0, report.base_of(target.kernel) in report.WITH_ROWS, target)
            self.assertTrue(target.share or target.peer, target)

    def test_a_quick_run_fits_its_seven_minutes(self):
        self.assertLessEqual(sum(chunk.seconds for chunk in run.chunks(True, True)), 7 * 60)

    def test_more_peers_fit_the_time_that_they_add(self):
        for quick, minutes in ((True, 7), (False, 40)):
            chunks = run.chunks(quick, True, ["java", "Peers"])
            self.assertLessEqual(sum(chunk.seconds for chunk in chunks), 1.2 * minutes * 60)
            more = [chunk for chunk in chunks if chunk.program == ["java", "Peers"]]
            self.assertEqual([chunk.threads for chunk in more], [1, 2])

    def test_peers_of_several_processes_are_compared(self):
        data = example()
        script = ("import json, sys; entry = json.loads(sys.argv[1]); "
                  "entry['threads'] = int(sys.argv[sys.argv.index('--threads') + 1]); "
                  "json.dump([entry], open(sys.argv[sys.argv.index('--output') + 1], 'w'))")
        entry = {**data["peers"][0], "peer": "libtorch 2.10.0", "formulation": "exp.out in blocks", "ns": [5, 6]}
        program = [sys.executable, "-c", script, report.json.dumps(entry)]
        found, problems = run.run_peers(program, [], 1, io.StringIO())
        self.assertEqual(problems, [])
        data["peers"] += found
        page = report.page(data)
        self.assertIn("| 2.75x | libtorch 2.10.0, exp.out in blocks: 5.50 [5.00–6.00] |", page)
        self.assertIn("- peers: NumPy 1, libtorch 2.10.0\n", page)

    def test_a_peer_that_fails_says_why(self):
        java = [sys.executable, "-c", "print('Exception in thread main: wrong'); print('\tat Peers'); exit(1)"]
        self.assertEqual(run.run_peers(java, [], 1, io.StringIO()), ([], ["Exception in thread main: wrong"]))
        python = [sys.executable, "-c", "print('SystemExit: wrong'); exit(1)"]
        self.assertEqual(run.run_peers(python, [], 1, io.StringIO()), ([], ["SystemExit: wrong"]))

    def test_two_threads_share_the_elements(self):
        row = report.row_of(report.Results(example()), (*self.at[:4], 2))
        self.assertEqual(row["figure"].median, 1)
        self.assertIsNone(row["peer"])

    def test_peak_counts_two_operations_a_lane(self):
        self.assertEqual(report.Results(example()).peak("float32", 1), 2 * 8)

    def test_page_has_every_row_and_no_flag_but_ours(self):
        page = report.page(example())
        self.assertIn("| Gaussian KL a row | float32 | L2 | 512 | 1 | 2.00 [1.00–3.00] | 4.00 GB/s | 0.25 read "
                      "| 10.0x | 5.00x | 3.50x | NumPy 1, a fast: 7.00 [6.00–8.00] | 2.0e-16 |", page)
        self.assertIn("flags: `--add-modules=jdk.incubator.vector`", page)

    def test_only_a_row_slower_than_its_plain_form_has_the_mark(self):
        data = example()
        self.assertNotIn("†", report.page(data))
        data["jmh"][0]["samples"] = [50000]
        self.assertIn("| 50.0 [50.0–50.0] † |", report.page(data))
        self.assertIn("† Slower than its own plain form", report.page(data))

    def test_plots_are_well_formed(self):
        for svg in report.plots(report.Results(example())).values():
            self.assertTrue(xml.etree.ElementTree.fromstring(svg).tag.endswith("svg"))


if __name__ == "__main__":
    unittest.main()
