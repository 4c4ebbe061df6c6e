"""The command `energyvis`: serve, project, profile, profiles, lake."""

from energyvis_panel.cli.main import main

__all__ = ["main"]
