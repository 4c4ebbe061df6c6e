"""Overhead against training (X9)."""
