"""The stand-in's runs with their scores, made once for all tests that need them."""

import functools

from energyvis_panel.data.butter_e import load_butter_e
from energyvis_panel.data.butter_e_anomalies import AnomalyScores
from energyvis_panel.data.gateway import Gateway


@functools.cache
def scored_gateway() -> tuple[Gateway, AnomalyScores]:
    """A gateway, and what scored the runs in it."""
    gateway = Gateway()
    load_butter_e(gateway)
    scores = AnomalyScores(gateway)
    scores.prepare()
    return gateway, scores
