"""The `filings` command."""

import gc

gc.set_threshold(100_000)  # a sixth of the time of `--help` went into collections while modules were imported
