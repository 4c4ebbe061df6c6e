-- What are the quartiles of energy, time or power over the selected runs on CPU and on GPU nodes?
-- Parameters: $brushes (STRUCT, one field per dimension as in butter_e/make_selection.sql), $quantity
--     (VARCHAR: energy_j, std_energy_j, non_overhead_energy_j, j_per_datum, run_time_s or power_w)
-- Columns: cpu_runs BIGINT, gpu_runs BIGINT, cpu_quartiles DOUBLE[], gpu_quartiles DOUBLE[]
-- One row. Lower quartile, median and upper quartile, between two runs where they fall there, in the
-- quantity's own unit; NULL where no run of the class has the quantity. The counts are of runs that have it.
WITH measured AS (
    SELECT
        is_gpu,
        CASE $quantity
            WHEN 'energy_j' THEN energy_j
            WHEN 'std_energy_j' THEN std_energy_j
            WHEN 'non_overhead_energy_j' THEN non_overhead_energy_j
            WHEN 'j_per_datum' THEN j_per_datum
            WHEN 'run_time_s' THEN run_time_s
            WHEN 'power_w' THEN power_w
        END AS amount
    FROM butter_e_selection($brushes)
)

SELECT
    count(amount) FILTER (WHERE NOT is_gpu) AS cpu_runs,
    count(amount) FILTER (WHERE is_gpu) AS gpu_runs,
    quantile_cont(amount, [0.25, 0.5, 0.75]) FILTER (WHERE NOT is_gpu) AS cpu_quartiles,
    quantile_cont(amount, [0.25, 0.5, 0.75]) FILTER (WHERE is_gpu) AS gpu_quartiles
FROM measured;
