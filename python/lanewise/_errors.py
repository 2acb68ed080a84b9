"""What can go wrong. Each message is a sentence: place, found, expected."""


class LanewiseError(Exception):
    """Any of the errors below."""


class InputError(LanewiseError, ValueError):
    """A mistake of the caller, or data that cannot be used."""


class FileError(LanewiseError, OSError):
    """A file that cannot be read or written."""


class EngineError(LanewiseError, RuntimeError):
    """The process of the engine was not found, ended, or has a bug."""


def of_reply(error):
    """The exception for an error of the engine, by its code: those of the command's exit."""
    kind = {2: InputError, 3: InputError, 4: FileError}.get(error["code"], EngineError)
    return kind(error["message"])
