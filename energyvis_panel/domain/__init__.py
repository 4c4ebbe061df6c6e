"""Values and formulas of energy accounting. Pure: no files, no clock, no database, no drawing."""
