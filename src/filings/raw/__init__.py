"""The write-once store of raw bytes."""
