"""Messages to a page take time with what they say, not with all that the page holds.

For each message Bokeh lists all parts of the page, to know which the browser has. A page of Explore has
thousands, and a brush sends a message for each view. Here it is asked of the parts that a message names.

Each array travels as two frames of its own. The outlines of a map are thirteen hundred arrays of a few
corners; small ones stand within the message here.
"""

import importlib
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from typing import Any, Final

from bokeh.core.serialization import Buffer, BytesRep, Ref, Serializer
from bokeh.document.models import DocumentModelManager
from bokeh.model import Model
from bokeh.util.serialization import make_id

SMALL_BYTES: Final = 2048
"""A frame of its own, and its name, cost more than what text adds to so many bytes."""
NOTHING: Final[AbstractSet[Any]] = frozenset()


class SyncedModels(AbstractSet[Model]):
    """The models of a document that its page has, as they are at the time of asking.

    Parameters
    ----------
    models
        Of the document.

    """

    def __init__(self, models: DocumentModelManager) -> None:
        self._all = models._models  # noqa: SLF001 - Bokeh has no other name for them
        self._new = models._new_models  # noqa: SLF001 - likewise

    def __contains__(self, one: object) -> bool:
        return isinstance(one, Model) and self._all.get(one.id) is one and one not in self._new

    def __iter__(self) -> Iterator[Model]:
        return (model for model in self._all.values() if model not in self._new)

    def __len__(self) -> int:
        return sum(1 for _ in self)


class LightSerializer(Serializer):
    """Bokeh's serializer, which asks for references where it needs one, and writes small arrays out."""

    def __init__(self, *, references: AbstractSet[Model] = NOTHING, **options: Any) -> None:
        is_asked = isinstance(references, SyncedModels)
        super().__init__(references=set() if is_asked else set(references), **options)
        self._synced = references if is_asked else NOTHING

    def has_ref(self, obj: Any) -> bool:
        """Whether the page has it, or the message itself so far."""
        return super().has_ref(obj) or obj in self._synced

    def get_ref(self, obj: Any) -> Ref | None:
        """Its reference, where the page has it, or the message itself so far."""
        found = super().get_ref(obj)
        return obj.ref if found is None and isinstance(obj, Model) and obj in self._synced else found

    def _encode_bytes(self, obj: bytes | memoryview) -> BytesRep:
        size = obj.nbytes if isinstance(obj, memoryview) else len(obj)
        if size > SMALL_BYTES:
            return super()._encode_bytes(obj)
        return BytesRep(type="bytes", data=Buffer(make_id(), obj).to_base64())


def send_lightly() -> None:
    """Have every message of this process made so."""
    of_documents: Any = DocumentModelManager
    of_documents.synced_references = property(SyncedModels)
    # The package's own name for it is that of the class.
    messages: Any = importlib.import_module("bokeh.protocol.messages.patch_doc")
    messages.Serializer = LightSerializer
