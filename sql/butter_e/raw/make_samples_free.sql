-- Makes the memory of butter_e_raw.samples free: its readings and sums are all that is needed from here on.
-- Parameters: none
-- Makes: nothing; drops the table.
DROP TABLE IF EXISTS butter_e_raw.samples;
