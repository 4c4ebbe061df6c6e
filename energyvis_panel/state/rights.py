"""What the user of a session may do, and why not more."""

from dataclasses import dataclass

from energyvis_panel.sign_in_settings import WHOM_TO_ASK, SignInSettings


@dataclass(frozen=True, slots=True)
class Rights:
    """What the user of a session may do beyond looking.

    Parameters
    ----------
    user
        Name of who has signed in; "" where nobody has to.
    may_import
        Whether files may be imported.
    may_control
        Whether runs may be followed over their live URLs, paused, resumed and stopped.
    contact
        Whom to ask for more.

    """

    user: str = ""
    may_import: bool = True
    may_control: bool = True
    contact: str = WHOM_TO_ASK

    @property
    def why_not(self) -> str:
        """Sentence that says what only editors do and whom to ask; "" for an editor."""
        if self.may_import and self.may_control:
            return ""
        return f"Only editors import files, follow runs live, and pause or stop them. Ask {self.contact}."


EDITOR = Rights()
"""Everything, as where nobody has to sign in."""


def rights_of(user: str | None, settings: SignInSettings) -> Rights:
    """Rights of a user; None is one who has not signed in, who may only look where that is needed."""
    if not settings.is_needed:
        return EDITOR
    is_editor = user is not None and settings.is_editor(user)
    return Rights(user or "", may_import=is_editor, may_control=is_editor, contact=settings.contact)
