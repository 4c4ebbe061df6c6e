"""How clean the electricity is elsewhere: maps, list, table and an intensity of one's own."""
