"""What Panel and Bokeh leave undone for pages that live long, side by side, with many parts."""

from energyvis_panel.views.component_definitions import define_by_page
from energyvis_panel.views.current_document import end_current_document
from energyvis_panel.views.early_changes import keep_early_changes
from energyvis_panel.views.light_messages import send_lightly
from energyvis_panel.views.quick_references import find_references_quickly


def mend_pages() -> None:
    """Have all pages of this process mended; more than once is once."""
    define_by_page()
    keep_early_changes()
    end_current_document()
    send_lightly()
    find_references_quickly()
