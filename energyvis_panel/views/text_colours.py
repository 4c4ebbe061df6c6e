"""Colours of the texts within figures, on the light and on the dark ground."""

from typing import Any, Final

from bokeh.models import CategoricalColorMapper, CustomJS, Segment, Text
from bokeh.models.renderers import GlyphRenderer

from energyvis_panel.views.theme import BLUE, GREEN, GREY, QUANTITY_COLOURS, VERMILLION

TEXT_COLOURS: Final = {
    BLUE: QUANTITY_COLOURS["baseline"],
    GREEN: QUANTITY_COLOURS["pue"],
    VERMILLION: QUANTITY_COLOURS["alternative"],
    GREY: ("#5C6670", "#A3ABB5"),
}
"""For each hue of a mark the colours of small text, with AA contrast on light and on dark ground."""

HUE: Final = "hue"
"""Column of the hues of segments that keep the contrast of a text on either ground."""
PAPER: Final = "white"
"""Ground of a text that keeps clear of what lies under it; it follows the theme."""

FOLLOW: Final = """
if (fig.text_observer) return;
let was = null;
const follow = () => {
  const paper = getComputedStyle(document.body).getPropertyValue('--ev-paper').trim();
  const probe = document.createElement('canvas').getContext('2d');
  probe.fillStyle = '#ffffff';
  probe.fillStyle = paper;
  const is_dark = parseInt(probe.fillStyle.slice(1, 3), 16) < 128;
  if (is_dark === was) return;
  was = is_dark;
  const ground = is_dark ? 1 : 0;
  mapper.setv({palette: pairs.map((pair) => pair[ground])}, {sync: false});
  for (const [glyph, pair] of texts) glyph.setv({text_color: {value: pairs[pair][ground]}}, {sync: false});
  for (const glyph of grounds) glyph.setv({background_fill_color: {value: probe.fillStyle}}, {sync: false});
};
follow();
const observer = new MutationObserver(() => requestAnimationFrame(follow));
observer.observe(document.documentElement, {attributes: true});
observer.observe(document.head, {childList: true, subtree: true, characterData: true});
fig.text_observer = observer;
"""
"""Runs when the figure has its width and when the theme is switched: a canvas knows no variables."""


def legible(figure: Any) -> None:
    """Have coloured texts of ``figure``, and grounds of paper, follow the theme; once it has its texts."""
    hues = list(TEXT_COLOURS)
    mapper = CategoricalColorMapper(factors=hues, palette=[light for light, _dark in TEXT_COLOURS.values()])
    texts: list[list[Any]] = []
    grounds: list[Any] = []
    for renderer in figure.renderers:
        glyph = renderer.glyph if isinstance(renderer, GlyphRenderer) else None
        if isinstance(glyph, Segment) and glyph.line_color == HUE:
            glyph.line_color = {"field": HUE, "transform": mapper}
        if not isinstance(glyph, Text):
            continue
        if glyph.background_fill_color == PAPER:
            grounds.append(glyph)
        colour: Any = glyph.text_color
        if colour in renderer.data_source.column_names:
            glyph.text_color = {"field": colour, "transform": mapper}
        elif colour in hues:
            texts.append([glyph, hues.index(colour)])
            glyph.text_color = TEXT_COLOURS[colour][0]
    args = {
        "fig": figure,
        "mapper": mapper,
        "texts": texts,
        "grounds": grounds,
        "pairs": [list(pair) for pair in TEXT_COLOURS.values()],
    }
    figure.js_on_change("inner_width", CustomJS(args=args, code=FOLLOW))
