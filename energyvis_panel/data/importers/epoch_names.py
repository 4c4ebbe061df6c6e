"""Names that people give to epochs: ``epoch 3``, ``epoch_3``, ``train/epoch-3``."""

import re

EPOCH_NAME = re.compile(r"(?:^|[^a-z])epochs?[^a-z0-9]*\d*$", re.IGNORECASE)
LONGEST = 200


def is_epoch_name(name: str) -> bool:
    """Whether a task or a window is an epoch by its name."""
    return len(name) <= LONGEST and EPOCH_NAME.search(name) is not None
