"""The pieces of which the sentences beside the equations are made, as the browser takes them."""

from typing import Any

from energyvis_panel.views.study.entered_number import number_text
from energyvis_panel.views.study.equations.equation_fields import Field

Token = dict[str, Any]


def input_tokens(field: Field) -> list[Token]:
    """The field with its unit and, where its number was changed, the way back."""
    digits = 6 if field.by_hand else 3
    value = "" if field.value is None else number_text(field.value / field.per_unit, digits)
    title = field.locked or _full(field)
    tokens: list[Token] = [
        {
            "kind": "input",
            "name": field.name,
            "quantity": field.quantity,
            "text": value,
            "label": field.label,
            "title": title,
            "placeholder": field.empty,
            "edited": field.edited,
            "locked": bool(field.locked),
            "least": field.least / field.per_unit,
            "most": field.most / field.per_unit,
            "step": field.step(),
        }
    ]
    if field.unit:
        tokens.append({"kind": "unit", "text": f" {field.unit}"})
    if field.edited:
        default = field.empty if field.default is None else number_text(field.default / field.per_unit, 3)
        tokens.append(
            {"kind": "reset", "name": field.name, "text": f"back to {default}", "label": field.label}
        )
    return tokens


def _full(field: Field) -> str:
    """The field's name with its full value."""
    if field.value is None:
        return field.label
    return f"{field.label}: {number_text(field.value / field.per_unit, 12)}"


def number_token(text: str, quantity: str, value: float, unit: str) -> Token:
    """A result in the colour of its quantity, with its full value in the tip."""
    return {"kind": "number", "text": text, "quantity": quantity, "title": f"{number_text(value, 12)} {unit}"}


def text_token(text: str) -> Token:
    """Plain words."""
    return {"kind": "text", "text": text}


def note_token(text: str) -> Token:
    """Words of less weight, cut short where there is no room."""
    return {"kind": "note", "text": text, "title": text.strip()}
