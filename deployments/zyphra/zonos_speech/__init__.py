"""Zonos as an engine that speaks: batching, long narrations, voices; the model is beside it."""
