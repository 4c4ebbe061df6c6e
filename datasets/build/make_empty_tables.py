"""Writes datasets/schemas/empty/*.parquet: tables without rows, so that an empty lake still has columns.

Run it again whenever a table of the data dictionary changes: python datasets/build/make_empty_tables.py
"""

from pathlib import Path

import pyarrow.parquet as pq

from energyvis_panel.data.data_dictionary import table_schema

EMPTY = Path(__file__).resolve().parents[1] / "schemas" / "empty"


def main() -> None:
    """Write one file a table."""
    EMPTY.mkdir(exist_ok=True)
    for name in ("samples", "epochs", "spans", "run_totals"):
        schema = table_schema(name)
        pq.write_table(schema.empty_table(), EMPTY / f"{name}.parquet")
        print(f"datasets/schemas/empty/{name}.parquet: {len(schema)} columns")


if __name__ == "__main__":
    main()
