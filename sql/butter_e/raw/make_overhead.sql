-- Makes butter_e_raw.overhead: what do start-up and bookkeeping of a run take (rule R6)?
-- Parameters: none
-- Makes: butter_e_raw.overhead, one row per hardware with runs to tell it by: hardware, energy_overhead_j,
--     overhead_time_s.
-- The 5 % quantiles over the kept runs of the smallest data set, 505_tecator, with at most 1,024 parameters:
-- there is hardly anything to train (NREL, notebook 3).
CREATE OR REPLACE TABLE butter_e_raw.overhead AS
SELECT
    standard_power.hardware,
    quantile_cont(standard_power.std_energy_j, 0.05) AS energy_overhead_j,
    quantile_cont(runs.run_time_s, 0.05) AS overhead_time_s
FROM butter_e_raw.runs
INNER JOIN butter_e_raw.filters ON runs.run_number = filters.run_number
INNER JOIN butter_e_raw.standard_power ON runs.run_number = standard_power.run_number
WHERE NOT filters.is_rejected AND runs.dataset = '505_tecator' AND runs.size <= 1024
GROUP BY standard_power.hardware;
