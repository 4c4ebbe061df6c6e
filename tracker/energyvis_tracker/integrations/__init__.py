"""Callbacks for training frameworks, each in a module that is imported only when it is asked for.

Each of `integrations.lightning`, `integrations.transformers` and `integrations.keras` needs the framework
of its name.
"""
