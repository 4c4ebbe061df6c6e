"""What the runs amount to at the meter, in carbon and in money (X12)."""
