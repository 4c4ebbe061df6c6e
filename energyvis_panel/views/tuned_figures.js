// What Bokeh does to a page beyond drawing, put right once for all of its figures and messages.
//
// At every repaint Bokeh writes each part of a figure's place into a style sheet, changed or not, and looks up a variable
// --bk-… for each colour, width and font. The first makes the browser recompute styles once a part, the second asks for
// them: together a quarter of the time from a brush to its last redraw. Here a sheet is written only when its text
// differs, and no variable is looked up, as no style sheet sets one.
//
// Each canvas is a stop of the Tab key, without a name and without anything to do there.
//
// While the parts of a page are being made, one after the other, the page may change its size and lay out all parts that
// it has, those too that were never laid out: they have no places yet to measure, and follow when they are put in.
//
// A click counts however long its button is held, where Bokeh drops one of over 0.3 s. Two clicks are a double one where
// they are half a second and a few pixels apart at most, as in most systems; Bokeh takes 0.3 s and any two places.
const LONGEST_TIMER_MS = 2 ** 31 - 1;
const DOUBLE_CLICK_MS = 500;
const DOUBLE_CLICK_PX = 10;

function renewed(prototype, name, make) {
  const found = prototype?.[name];
  if (!found || found.renewed) return;
  prototype[name] = make(found);
  prototype[name].renewed = true;
}

export function render() {
  const part = (path) => window.Bokeh?.require?.(path) ?? {};
  renewed(part("core/dom").InlineStyleSheet?.prototype, "_update", (update) => function (css) {
    if (this.el.textContent !== css) update.call(this, css);
  });
  for (const step of ["_measure_layout", "_after_layout"]) {
    renewed(part("models/plots/plot_canvas").PlotView?.prototype, step, (place) => function () {
      if (this.layout) place.call(this);
    });
  }
  renewed(part("core/visuals/visual").VisualProperties?.prototype, "_get_css_value", () => () => "");
  renewed(part("models/canvas/canvas").CanvasView?.prototype, "render", (draw) => function () {
    draw.call(this);
    if (this.events_el) this.events_el.tabIndex = -1;
  });
  const gestures = part("core/ui_gestures").UIGestures;
  if (gestures) {
    gestures.press_threshold = LONGEST_TIMER_MS;
    gestures.doubletap_threshold = DOUBLE_CLICK_MS;
  }
  renewed(gestures?.prototype, "on_tap", (tap) => function (event) {
    this.tapped = event;
    tap.call(this, event);
  });
  renewed(gestures?.prototype, "on_doubletap", (tap_again) => function (event) {
    const first = this.tapped ?? event; // none where the first click came before this was rendered
    if (Math.hypot(event.x - first.x, event.y - first.y) <= DOUBLE_CLICK_PX) {
      tap_again.call(this, event);
    } else {
      this.tap_timestamp = event.timeStamp;
      this.on_tap(event);
    }
  });
  // A part that the server adds and that speaks first of all would be sent back whole, which the server refuses, and the
  // click with it: Bokeh takes what comes from the server for new to it. Its ids are p1000 and on, the browser's UUIDs.
  renewed(part("document/document").Document?.prototype, "_apply_json_patch", (apply) => function (...patch) {
    apply.apply(this, patch);
    for (const model of this._new_models ?? []) if (/^p\d+$/.test(model.id)) this._new_models.delete(model);
  });
}
