"""Zonos-v0.1: our own implementation, from its specification, proved against golden vectors."""
