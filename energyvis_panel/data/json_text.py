"""JSON that a user offers: parsed with care, and what is wrong with it in one sentence."""

import json

from pydantic_core import ErrorDetails

from energyvis_panel.errors import ProfileError

LONGEST_QUOTE = 60
HALF_CHARACTER = "\\ud"
"""How the escape of half a Unicode character begins, in lower case."""


def parsed(text: str, name: str) -> object:
    """Value of JSON ``text``, in which NaN and infinity are errors.

    Raises
    ------
    ProfileError
        If the text is not JSON.

    """

    def refuse(constant: str) -> float:
        raise ProfileError(f"{name} holds {constant}, which is not a number in JSON. Replace or remove it.")

    try:
        value: object = json.loads(text, parse_constant=refuse)
        if HALF_CHARACTER in text.lower():
            # An escaped half of a surrogate pair is JSON, but no text that could be written again.
            json.dumps(value, ensure_ascii=False).encode()
    except json.JSONDecodeError as error:
        raise ProfileError(
            f"{name} is not JSON: {error.msg} in line {error.lineno}, column {error.colno}. Correct it there."
        ) from None
    except RecursionError:
        raise ProfileError(f"{name} is nested too deeply to be a profile. Choose another file.") from None
    except UnicodeEncodeError:
        raise ProfileError(f"{name} holds half of a Unicode character. Save it as UTF-8.") from None
    except ValueError:
        raise ProfileError(f"{name} holds a number with too many digits. Shorten it.") from None
    return value


def sentence(error: ErrorDetails) -> str:
    """What is wrong with one field and how to mend it."""
    place = field_path(error["loc"])
    match error["type"]:
        case "missing":
            return f"{place} is missing. Add it."
        case "extra_forbidden":
            return f"{place} is not a field of a profile. Remove it."
        case "value_error":
            what = str(error["ctx"]["error"])
        case _:
            what = error["msg"].removeprefix("Input ").replace("should", "must", 1)
            what = what[0].lower() + what[1:]
    return f"{place} is {quoted(error['input'])}, but {what}. Correct it."


def field_path(steps: tuple[int | str, ...]) -> str:
    """Place of a field in a file, e.g. ``epochs[3].energy_j.gpu``."""
    path = ""
    for step in steps:
        path += f"[{step}]" if isinstance(step, int) else f".{step}"
    return path.removeprefix(".") or "the whole file"


def quoted(value: object) -> str:
    """A value from a file, short enough to stand in a sentence."""
    if isinstance(value, dict | list):
        return "an object" if isinstance(value, dict) else f"a list of {len(value)}"
    text = json.dumps(value)
    return text if len(text) <= LONGEST_QUOTE else f"{text[:LONGEST_QUOTE]}..."
