"""Files of other tools as energy profiles: one module a format, and one that tells the formats apart.

What each format means, and where its figures mislead, stands in ``docs/importing.md`` with its sources.
"""
