"""What the address of a frame asks for: what cannot be is left out and named."""

import pytest

from energyvis_panel.state.framing import MOST_VIEWS, Framing, framing


def test_a_page_that_is_no_frame_names_no_view() -> None:
    assert framing({"page": "runs"}) == Framing(())


def test_views_are_shown_each_once_in_their_order() -> None:
    assert framing({"view": "totals, consumption,,totals"}).views == ("totals", "consumption")


def test_theme_and_link_are_taken_over() -> None:
    assert framing({"view": "runs", "theme": "auto", "link": "lab-2"}) == Framing(("runs",), "auto", "lab-2")


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ({"theme": "sepia"}, "There is no theme 'sepia'. Use light, dark, auto."),
        ({"link": "a b"}, "The link 'a b' is no name."),
        ({"link": "a" * 41}, "is no name."),
        ({"view": ",".join(f"v{n}" for n in range(9))}, f"names 9 views; the first {MOST_VIEWS} are shown."),
    ],
)
def test_what_cannot_be_followed_is_named(query: dict[str, str], named: str) -> None:
    found = framing({"view": "runs", **query})
    assert named in found.refusal
    assert (found.theme, found.link) == ("light", "")
    assert 0 < len(found.views) <= MOST_VIEWS


def test_what_is_named_is_cut() -> None:
    assert len(framing({"view": "runs", "theme": "x" * 5000, "link": "y!" * 5000}).refusal) < 300
