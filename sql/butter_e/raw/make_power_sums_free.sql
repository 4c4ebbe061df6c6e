-- Makes the memory of butter_e_raw.power_sums free: every run has its energy by now.
-- Parameters: none
-- Makes: nothing; drops the table.
DROP TABLE IF EXISTS butter_e_raw.power_sums;
