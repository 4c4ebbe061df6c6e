"""The command `energyvis`: serve, project, profile, profiles, spans, lake."""

from energyvis_panel.cli.main import main

__all__ = ["main"]
