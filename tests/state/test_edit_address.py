import pytest
from hypothesis import given
from hypothesis import strategies as st

from energyvis_panel.domain.edits import NO_EDITS, Edits, PieceChoice
from energyvis_panel.domain.hardware import DEVICE_KINDS, PRECISIONS
from energyvis_panel.state.edit_address import edits_from, edits_query

NAMES = st.text(min_size=1, max_size=20).filter(lambda text: bool(text.strip()))
PIECES = st.lists(
    st.one_of(
        st.builds(PieceChoice, st.sampled_from(["gpu", "cpu"]), NAMES, st.integers(1, 1000)),
        st.builds(
            PieceChoice,
            st.sampled_from(["gpu", "cpu"]),
            st.just(""),
            st.integers(1, 1000),
            NAMES,
            st.floats(1, 2000),
            st.floats(0.1, 5000),
        ),
    ),
    min_size=1,
    max_size=5,
).map(tuple)
EDITS = st.builds(
    Edits,
    region_id=st.none() | st.sampled_from(["US-WY", "FR"]),
    g_per_kwh=st.none() | st.floats(0, 2000),
    pue=st.none() | st.floats(1, 10),
    price_per_kwh=st.none() | st.floats(0, 10),
    epoch_s=st.none() | st.floats(0.001, 1e6),
    watts=st.lists(
        st.tuples(st.sampled_from(DEVICE_KINDS), st.floats(0, 1e5)),
        max_size=3,
        unique_by=lambda pair: pair[0],
    ).map(tuple),
    pieces=st.none() | PIECES,
    original=st.none() | PIECES,
    precision=st.none() | st.sampled_from(PRECISIONS),
    efficiency=st.floats(0.01, 1),
)


@given(EDITS)
def test_what_is_written_is_read_again_exactly(edits: Edits) -> None:
    query = {key: value for key, value in edits_query(edits).items() if value is not None}
    assert edits_from(query) == (edits, [])


def test_no_edits_need_no_arguments() -> None:
    assert set(edits_query(NO_EDITS).values()) == {None}


@given(st.dictionaries(st.sampled_from(list(edits_query(NO_EDITS))), st.text(max_size=60)))
def test_any_text_gives_edits_or_is_named(query: dict[str, str]) -> None:
    edits, refused = edits_from(query)
    assert isinstance(edits, Edits)
    assert len(refused) <= len(query)


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("machine", "gpu*0*x"),
        ("machine", "tpu*1*x"),
        ("machine", "gpu*1"),
        ("machine", "gpu*1**Mine*nan*1"),
        ("machine", ";".join(["gpu*1*x"] * 21)),
        ("watts", "gpu:inf"),
        ("watts", "gpu"),
        ("precision", "fp64"),
        ("epoch_s", "-1"),
        ("g", "1e9"),
        ("scaling", "0"),
    ],
)
def test_what_cannot_be_is_refused_and_named(key: str, text: str) -> None:
    edits, refused = edits_from({key: text, "pue": "1.5"})
    assert edits == Edits(pue=1.5)
    assert len(refused) == 1
    assert repr(text) in refused[0]
