"""The errors of a run, one tree.

    FilingsError
    ├── UsageError            what was asked for makes no sense (exit code 2)
    ├── SourceError           a file or answer cannot be had
    │   └── NotAFiling        its bytes are no filing; carries the verdict
    ├── StoreError            the disk or a store on it
    │   ├── Damaged           bytes on the disk are not what was written
    │   └── Full              no room left
    └── LoadError             the database
        ├── Busy              somebody else is writing (transient)
        └── Stale             the warehouse was loaded by other readers

What is wrong *inside* a filing is never an exception: it is a row of ``ops.issue`` or a reason in the ledger. Each
error carries a hint that says what to do, whether trying again may help, and the exit code of the command.
"""


class FilingsError(Exception):
    """Something that stops a run. `hint` says what to do; `transient` whether the same call may succeed later."""

    exit_code = 1
    transient = False

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message, hint)  # both, so that the error survives pickling between processes
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message}\n  {self.hint}" if self.hint else self.message


class UsageError(FilingsError):
    """What was asked for makes no sense: a missing path, an unknown setting, bad SQL."""

    exit_code = 2


class SourceError(FilingsError):
    """A file or an answer cannot be read."""


class NotAFiling(SourceError):
    """The bytes are no filing; `verdict` is its name (edgar.md A.5)."""

    def __init__(self, message: str, hint: str = "", verdict: str = "") -> None:
        super().__init__(message, hint)
        self.verdict = verdict


class StoreError(FilingsError):
    """The disk, or a store on it, failed."""


class Damaged(StoreError):
    """Bytes on the disk are not the bytes that were written."""


class Full(StoreError):
    """No room is left on the disk."""


class LoadError(FilingsError):
    """The database refused."""


class Busy(LoadError):
    """Another process holds the database."""

    transient = True


class Stale(LoadError):
    """The warehouse was loaded by readers with other fingerprints."""
