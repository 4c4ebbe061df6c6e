"""Questions and answers on carbon and cost, and where they arise (X12)."""
