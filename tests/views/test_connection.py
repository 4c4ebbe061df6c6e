from typing import Any

import pytest

from energyvis_panel.views.connection import ServerConnection


@pytest.mark.parametrize(
    ("asked", "answers"),
    [({"echo": 3}, [{"echo": 3}]), ({"echo": "3"}, []), ({}, []), ("echo", []), (None, [])],
)
def test_a_page_that_asks_whether_it_is_heard_is_answered(
    monkeypatch: pytest.MonkeyPatch, asked: Any, answers: list[Any]
) -> None:
    line, sent = ServerConnection(), list[Any]()
    monkeypatch.setattr(line, "_send_msg", sent.append)
    line._handle_msg(asked)
    assert sent == answers
