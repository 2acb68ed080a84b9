"""Evaluates generative models over arrays and files, by one warm process of the Lanewise engine.

    import lanewise
    result = lanewise.evaluate("gaussian-kl", mu=mu, logvar=logvar)
    result["kl"], result.measures["kl"].standard_error

docs/python.md says what is accepted.
"""

from ._engine import Engine, default_engine
from ._errors import EngineError, FileError, InputError, LanewiseError
from ._result import Evaluation, Measure, Report

__all__ = [
    "Engine",
    "EngineError",
    "Evaluation",
    "FileError",
    "InputError",
    "LanewiseError",
    "Measure",
    "Report",
    "describe",
    "evaluate",
]


def evaluate(objectives, data=None, **words):
    """Evaluates objectives with the engine of this interpreter; see Engine.evaluate."""
    return default_engine().evaluate(objectives, data, **words)


def describe(objective):
    """What an objective computes, as `lanewise describe OBJECTIVE --format json` says it."""
    return default_engine().describe(objective)
