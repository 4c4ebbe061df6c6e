-- What does a run take that is not training?
-- Parameters: none
-- Columns: hardware VARCHAR, energy_overhead_j DOUBLE, overhead_time_s DOUBLE
-- One row per hardware with runs to tell it by, by name. Needs butter_e_raw.overhead.
SELECT
    hardware,
    energy_overhead_j,
    overhead_time_s
FROM butter_e_raw.overhead
ORDER BY hardware
