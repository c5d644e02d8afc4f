"""Bytes in, spans and values out."""
