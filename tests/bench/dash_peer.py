"""The peer of brush_latency.py: seven figures over the same runs in Plotly Dash with pandas.

`python dash_peer.py PORT FILE` serves it, in an environment that holds dash, plotly, pandas and pyarrow. Two
histograms, run time over energy with its frontier, parallel coordinates, times against a z-score, a box a
hardware class, and a table. A brush is a range of energy in Wh, which the page puts into a store; a callback
filters the frame with pandas and answers with all seven, every run drawn. A figure carries the number of its
brush as its `meta` and the table has it in a column, so that the page can tell when the last one is drawn.
"""

import sys
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go  # type: ignore[import-not-found] # it lives in the peer's environment
from dash import Dash, Input, Output, dash_table, dcc, html  # type: ignore[import-not-found] # likewise

GRAPHS = ("energy", "run_time", "plane", "parallel", "anomalies", "box")
AXES = ("size", "depth", "run_time_s", "power_w", "energy_wh", "j_per_datum")
IN_TABLE = ("run_id", "dataset", "shape", "size", "depth", "hardware", "run_time_s", "energy_wh")
COLOURS = {"CPU node": "#0072B2", "GPU node": "#E69F00"}
ROWS_SHOWN = 20
HALF = {"width": "50%", "display": "inline-block"}


def read_runs(file: str) -> pd.DataFrame:
    """The runs of ``file`` with energy in Wh and the z-score of its logarithm within the data set."""
    runs = pd.read_parquet(file)
    runs["energy_wh"] = runs["energy_j"] / 3600
    logs = np.log(runs["energy_j"])
    groups = logs.groupby(runs["dataset"], observed=True)
    runs["z"] = (logs - groups.transform("mean")) / groups.transform("std")
    return runs


def by_hardware(runs: pd.DataFrame, trace: Any) -> list[Any]:
    """One trace per hardware class."""
    return [
        trace(rows, name, colour)
        for name, colour in COLOURS.items()
        if len(rows := runs[runs["hardware"] == name])
    ]


def histogram(runs: pd.DataFrame, column: str) -> list[Any]:
    """Histogram of the logarithm of a column."""
    return by_hardware(
        runs,
        lambda rows, name, colour: go.Histogram(
            x=np.log10(rows[column]), nbinsx=80, name=name, marker_color=colour, opacity=0.6
        ),
    )


def plane(runs: pd.DataFrame) -> list[Any]:
    """Run time over energy, and the runs that no other beats."""
    points = by_hardware(
        runs,
        lambda rows, name, colour: go.Scattergl(
            x=rows["run_time_s"], y=rows["energy_wh"], mode="markers", name=name, marker_color=colour
        ),
    )
    ordered = runs.sort_values(["run_time_s", "energy_wh"])
    best = ordered[ordered["energy_wh"] < ordered["energy_wh"].cummin().shift(fill_value=np.inf)]
    return [*points, go.Scatter(x=best["run_time_s"], y=best["energy_wh"], mode="lines+markers")]


def parallel(runs: pd.DataFrame) -> list[Any]:
    """Every run as a line over six axes."""
    columns = [
        {"label": name, "values": runs[name] if name == "depth" else np.log10(runs[name])} for name in AXES
    ]
    return [go.Parcoords(dimensions=columns, line={"color": runs["hardware"] == "GPU node"})]


def anomalies(runs: pd.DataFrame) -> list[Any]:
    """When each run began, and how unusual its energy is."""
    return by_hardware(
        runs,
        lambda rows, name, colour: go.Scattergl(
            x=rows["started_at"], y=rows["z"], mode="markers", name=name, marker_color=colour
        ),
    )


def boxes(runs: pd.DataFrame) -> list[Any]:
    """A box per hardware class."""
    return by_hardware(
        runs,
        lambda rows, name, colour: go.Box(y=np.log10(rows["energy_wh"]), name=name, marker_color=colour),
    )


def answer(runs: pd.DataFrame, brush: list[float] | None) -> list[Any]:
    """All seven figures for a brush of low, high and number."""
    low, high, number = brush or (0.0, np.inf, 0)
    kept = runs[(runs["energy_wh"] >= low) & (runs["energy_wh"] <= high)]
    drawn = {
        "energy": histogram(runs, "energy_wh"),
        "run_time": histogram(kept, "run_time_s"),
        "plane": plane(kept),
        "parallel": parallel(kept),
        "anomalies": anomalies(kept),
        "box": boxes(kept),
    }
    figures = [go.Figure(traces, {"meta": number, "margin": {"t": 20}}) for traces in drawn.values()]
    figures[GRAPHS.index("plane")].update_layout(xaxis_type="log", yaxis_type="log")
    listed = kept.nlargest(ROWS_SHOWN, "energy_wh")[list(IN_TABLE)].assign(brush=number)
    return [*figures, listed.to_dict("records")]


def main() -> None:
    """Serve until killed."""
    port, file = sys.argv[1:]
    runs = read_runs(file)
    app = Dash(__name__)
    graphs = [
        html.Div(
            dcc.Graph(id=name, style={"height": "340px"}), style={"width": "50%", "display": "inline-block"}
        )
        for name in GRAPHS
    ]
    app.layout = html.Div([dcc.Store(id="brush"), *graphs, dash_table.DataTable(id="table")])
    outputs = [*(Output(name, "figure") for name in GRAPHS), Output("table", "data")]
    app.callback(outputs, Input("brush", "data"))(lambda brush: answer(runs, brush))
    app.run(port=int(port), debug=False)


if __name__ == "__main__":
    main()
