import pytest
from hypothesis import given
from hypothesis import strategies as st

from energyvis_panel.views.study.entered_number import EnteredNumberError, entered_number, number_text


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1.58", 1.58),
        ("1,58", 1.58),
        (" 12 ", 12.0),
        (".5", 0.5),
        (",5", 0.5),
        ("0,123", 0.123),
        ("1.234", 1.234),
        ("1,2345", 1.2345),
        ("1234,5", 1234.5),
        ("12500", 12500.0),
        ("2e3", 2000.0),
        ("1,5E-2", 0.015),
        ("-3", -3.0),
        ("\N{MINUS SIGN}3", -3.0),
        ("7.", 7.0),
    ],
)
def test_a_point_and_a_comma_both_part_the_decimals(text: str, value: float) -> None:
    assert entered_number(text) == value


@pytest.mark.parametrize(
    "text", ["1,234.5", "1.234,5", "1,234,567", "1.234.567", "1 234", "1'234", "12\u202f500"]
)
def test_thousand_separators_are_refused_with_what_to_do(text: str) -> None:
    with pytest.raises(EnteredNumberError, match=r"separates thousands\. Write the number without them"):
        entered_number(text)


@pytest.mark.parametrize(
    ("text", "readings"), [("1,234", "1.234 or as 1234"), ("-12,500", "-12.500 or as -12500")]
)
def test_what_could_be_decimals_or_thousands_is_not_guessed(text: str, readings: str) -> None:
    with pytest.raises(EnteredNumberError, match=f"can be read as {readings}"):
        entered_number(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "abc",
        "nan",
        "inf",
        "1_000",
        "0x10",
        "1..2",
        "1e9999",
        "--1",
        "\u0661",
        "1 2",
        "<b>1</b>",
        "1" + "x" * 900,
    ],
)
def test_what_is_no_number_is_named_in_a_sentence(text: str) -> None:
    with pytest.raises(EnteredNumberError, match="is not a number") as refused:
        entered_number(text)
    assert len(str(refused.value)) < 100


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (1.58, 3, "1.58"),
        (831.554, 3, "832"),
        (36000.0, 3, "36000"),
        (123456.0, 3, "123000"),
        (1.0, 6, "1"),
        (0.0000123, 3, "0.0000123"),
        (0.5000000001, 6, "0.5"),
        (0.0, 3, "0"),
        (1234567.8, 6, "1234570"),
        (9.9996, 3, "10"),
        (100.0, 3, "100"),
    ],
)
def test_numbers_are_written_so_that_they_can_be_entered_again(value: float, digits: int, text: str) -> None:
    assert number_text(value, digits) == text


@given(st.floats(min_value=1e-9, max_value=1e12))
def test_what_is_written_reads_as_the_same_number(value: float) -> None:
    assert entered_number(number_text(value, 6)) == pytest.approx(value, rel=5e-6)
