"""Which work, in which order: ingest, rebuild, verify."""
