"""Typed batches, one transaction, sealed snapshots."""
