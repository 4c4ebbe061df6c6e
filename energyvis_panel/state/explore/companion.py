"""What stands beside an exploration: settings of some views, one of each kind, made when first asked for."""

from typing import Self

import param

from energyvis_panel.state.explore.exploration import Exploration


class Companion(param.Parameterized):
    """One of its class for each exploration, the same for all who ask.

    The exploration holds it. A table by exploration beside both would never let go of one: those who watch a
    companion are views, and views hold their exploration.
    """

    @classmethod
    def of(cls, state: Exploration) -> Self:
        """The companion of ``state``."""
        if cls not in state.companions:
            state.companions[cls] = cls.made_for(state)
        found: Self = state.companions[cls]
        return found

    @classmethod
    def made_for(cls, state: Exploration) -> Self:  # noqa: ARG003 - some need the data to begin with
        """A new one."""
        return cls()
