"""The errors of a run, one tree.

    FilingsError
    ├── UsageError            what was asked for makes no sense (exit code 2)
    ├── SourceError           a file or answer cannot be had
    │   ├── NotAFiling        its bytes are no filing; carries the verdict
    │   ├── Absent            EDGAR's store says that nothing lies there; carries the verdict
    │   ├── Unanswered        no whole and right answer after all attempts (transient); carries the last verdict
    │   ├── Blocked           EDGAR blocks this address for too many requests (transient); carries the time it ends
    │   ├── Undeclared        EDGAR refuses the User-Agent
    │   └── TooLong           an answer is longer than anything that EDGAR has
    ├── StoreError            the disk or a store on it
    │   ├── Damaged           bytes on the disk are not what was written
    │   └── Full              no room left
    ├── LoadError             the database
    │   ├── Busy              somebody else is writing (transient)
    │   └── Stale             the warehouse was loaded by other readers
    └── ServiceError          the server or the runner of the schedules

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


class Absent(SourceError):
    """EDGAR's store answered that nothing lies at the path; `verdict` is the answer's name (edgar.md A.5)."""

    def __init__(self, message: str, hint: str = "", verdict: str = "") -> None:
        super().__init__(message, hint)
        self.verdict = verdict


class Unanswered(SourceError):
    """No whole and right answer came after all attempts; `verdict` names the last one, empty where none came at all."""

    transient = True

    def __init__(self, message: str, hint: str = "", verdict: str = "") -> None:
        super().__init__(message, hint)
        self.verdict = verdict


class Blocked(SourceError):
    """EDGAR blocks this machine for too many requests; `until` is when it may be asked again, seconds since 1970 UTC."""

    transient = True

    def __init__(self, message: str, hint: str = "", until: float = 0.0) -> None:
        super().__init__(message, hint)
        self.until = until


class Undeclared(SourceError):
    """EDGAR refuses the User-Agent: it wants a name and an e-mail address (edgar.md A.2)."""


class TooLong(SourceError):
    """An answer is longer than anything that EDGAR has (edgar.md I); it was not kept."""


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


class ServiceError(FilingsError):
    """The Prefect server or the runner of a warehouse cannot be started, does not answer, or belongs to somebody else."""
