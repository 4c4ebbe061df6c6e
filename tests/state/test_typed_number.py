import pytest

from energyvis_panel.state.typed_number import TypedNumberError, typed_count, typed_number


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12.5", 12.5),
        (" 1.3 M ", 1.3e6),
        ("300B", 300e9),
        ("175e9", 175e9),
        ("2k", 2000.0),
        ("1,5", 1.5),
        ("1 300 000", 1.3e6),
        ("1\N{NO-BREAK SPACE}300", 1300.0),
        (".5", 0.5),
        ("0,125", 0.125),
    ],
)
def test_numbers_as_people_type_them(text: str, value: float) -> None:
    assert typed_number("Hours", text) == pytest.approx(value)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "Hours is empty"),
        ("many", "Hours: 'many' is not a number"),
        ("1,234", "Hours: 1,234 may part thousands or decimals. Write 1234"),
        ("1e400x", "not a number"),
        ("nan", "not a number"),
        ("12 34", "not a number"),
        ("9" * 5000 + "x", "…' is not a number"),
    ],
)
def test_what_is_no_number_is_named(text: str, words: str) -> None:
    with pytest.raises(TypedNumberError, match=words):
        typed_number("Hours", text)


def test_a_count_is_whole() -> None:
    assert typed_count("Layers", "1.5 k") == 1500
    with pytest.raises(TypedNumberError, match=r"Layers is 2\.5\. Write a whole number"):
        typed_count("Layers", "2.5")
    with pytest.raises(TypedNumberError, match="whole number"):
        typed_count("Layers", "1e999")
