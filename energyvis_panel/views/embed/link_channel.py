"""Frames of one browser that carry the same name show the same: what one is brought to, the others follow."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import param
from panel.custom import JSComponent

from energyvis_panel.state.explore.exploration import Exploration
from energyvis_panel.state.explore.lab.data_choice import DataChoice
from energyvis_panel.state.study import Study
from energyvis_panel.state.study_text import STUDY_WATCHED, follow_study_text, study_text
from energyvis_panel.views.tuned_figures import UNSEEN

HERE = Path(__file__).parent
LONGEST_TEXT: Final = 8000


class LinkChannel(JSComponent):
    """Carries one text between frames, through the browser; takes no room.

    The last change wins, and a frame that comes later takes what the others show. What comes in is followed
    as an address is: checked, and refused in one sentence.

    Parameters
    ----------
    topic
        What is shared, and by which frames.
    text
        What this frame shows at first.
    follow
        Brings this frame to a text of another.

    """

    topic = param.String(constant=True, doc="Frames with the same topic share the text.")
    text = param.String(doc="What this frame shows.")
    serial = param.Integer(default=0, doc="How often that was changed here, not by another frame.")

    _esm = HERE / "link_channel.js"

    def __init__(self, topic: str, text: str, follow: Callable[[str], None], **params: Any) -> None:
        self._follow = follow
        self._is_following = False
        super().__init__(topic=topic, text=text, **({"styles": UNSEEN, "margin": 0} | params))

    def tell(self, text: str) -> None:
        """Take what the frame shows now; the others are told of it unless one of them brought it about."""
        if text == self.text:
            return
        self.param.update(text=text, serial=self.serial + (not self._is_following))

    def _handle_msg(self, data: Any) -> None:
        text = data.get("text") if isinstance(data, dict) else None
        if not isinstance(text, str) or len(text) > LONGEST_TEXT:
            return
        if data.get("serial") != self.serial:
            # Sent before the browser knew of the last change here, which is the later one.
            return
        self._is_following = True
        try:
            self._follow(text)
        finally:
            self._is_following = False


def linked_brushes(name: str, state: Exploration) -> LinkChannel:
    """Channel of the brushes for all frames of this name over the same runs."""

    def follow(text: str) -> None:
        state.link = text

    channel = LinkChannel(f"{name} brushes {DataChoice.of(state).source}", state.link, follow)
    # The present link, not the event's: a link that is refused or written shorter changes once more at once.
    state.param.watch(lambda *_events: channel.tell(state.link), "link")
    return channel


def linked_study(name: str, study: Study) -> LinkChannel:
    """Channel of what a study compares, for all frames of this name."""
    channel = LinkChannel(f"{name} study", study_text(study), lambda text: follow_study_text(study, text))
    study.param.watch(lambda *_events: channel.tell(study_text(study)), list(STUDY_WATCHED))
    return channel
