"""Texts that no link should hold: for the address, the fields and the browser's messages."""

from typing import Final

from hypothesis import strategies as st

from tests.attack.damage import NUMBERS, TEXTS

SQL: Final = (
    "'; DROP TABLE butter_e_runs; --",
    "' OR '1'='1",
    "x') UNION SELECT * FROM read_csv('/etc/passwd') --",
    "mnist\0",
    "$brushes",
    "%(brushes)s",
    "read_text('/etc/passwd')",
    "COPY (SELECT 1) TO '/tmp/evil.csv'",
    "ATTACH '/tmp/evil.db'",
    "INSTALL httpfs",
    '"); --',
    "\\'; --",
)
"""What would be run if a text got into a question."""
HOSTILE: Final = (
    *SQL,
    *TEXTS,
    *NUMBERS,
    "x" * 100_000,
    ",".join("abcdefgh" * 3000),
    ";".join(["a:1..2"] * 5000),
)
ANYTHING: Final = st.sampled_from(HOSTILE) | st.text(max_size=60) | st.floats().map(repr)
