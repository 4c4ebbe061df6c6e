from bokeh.plotting import figure
from panel.tests.util import serve_and_request

from energyvis_panel.state.shell import Shell
from energyvis_panel.views import frame
from energyvis_panel.views.theme import style_figure


def test_modules_are_read_by_the_browser_and_only_then_by_the_shim() -> None:
    html = serve_and_request(frame.single_view(Shell(), lambda: "shown")).text
    shim, ours = html.index("es-module-shims.min.js"), html.index("window.importShim = Object.assign")
    assert shim < ours < html.index("</head>")


def test_a_figure_is_drawn_without_webgl() -> None:
    plot = figure(output_backend="webgl")
    style_figure(plot)
    assert plot.output_backend == "canvas"
