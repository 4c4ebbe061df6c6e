"""Make the table of the 13 data sets of BUTTER-E: `python datasets/build/butter_e_data_sets.py`."""

from pathlib import Path

from table_file import Column, Row, Table, write_table

from energyvis_panel.domain.network import TASKS, Task

FOLDER = Path(__file__).resolve().parents[1] / "butter_e"
OVERHEAD_TASK = Task("505_tecator", 240, 124)
"""So small that its runs show what a run takes beside its training."""
ABOUT = {
    "source": "BUTTER-E, OpenEI submission 5991, doi 10.25984/2329316: pmlb.csv",
    "year": 2022,
    "licence": "CC-BY-4.0",
}

TABLE = Table(
    file="data_sets.csv",
    columns=(
        Column("dataset"),
        Column("observations", "integer", low=100, high=1_000_000),
        Column("features", "integer", low=1, high=10_000),
        Column("classes", "integer", optional=True, low=2, high=1_000),
        Column("task", choices=frozenset({"classification", "regression"})),
        Column("source"),
        Column("year", "integer", low=2022, high=2100),
        Column("licence"),
    ),
    key=("dataset",),
    min_rows=13,
    source=str(ABOUT["source"]),
    licence=str(ABOUT["licence"]),
)


def rows() -> list[Row]:
    """One row a data set; no classes where a number is learned."""
    return [
        {
            "dataset": task.name,
            "observations": task.rows,
            "features": task.features,
            "classes": task.classes or None,
            "task": "classification" if task.classes else "regression",
            **ABOUT,
        }
        for task in (OVERHEAD_TASK, *TASKS)
    ]


def main() -> None:
    """Write the table and say where it is."""
    path = write_table(TABLE, rows(), FOLDER)
    print(f"{path}: {len(rows())} data sets")


if __name__ == "__main__":
    main()
