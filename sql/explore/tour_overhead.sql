-- How much of the energy of the selected runs, and of short ones on GPU nodes, goes into overhead?
-- Parameters: $brushes (STRUCT, one field per dimension as in butter_e/make_selection.sql), $short_s (DOUBLE,
--     longest run time of a short run, in s)
-- Columns: run_count BIGINT, overhead_j DOUBLE, std_energy_j DOUBLE, gpu_runs BIGINT,
--     gpu_run_overhead_j DOUBLE, short_runs BIGINT, short_overhead_j DOUBLE, short_std_energy_j DOUBLE
-- One row, over runs with a standardised energy, in J. gpu_run_overhead_j is the median of one run on a GPU
-- node; the other energies are sums. Short runs are those on GPU nodes. NULL without a run.
SELECT
    count(*) AS run_count,
    sum(energy_overhead_j) AS overhead_j,
    sum(std_energy_j) AS std_energy_j,
    count(*) FILTER (WHERE is_gpu) AS gpu_runs,
    median(energy_overhead_j) FILTER (WHERE is_gpu) AS gpu_run_overhead_j,
    count(*) FILTER (WHERE is_gpu AND run_time_s <= $short_s) AS short_runs,
    sum(energy_overhead_j) FILTER (WHERE is_gpu AND run_time_s <= $short_s) AS short_overhead_j,
    sum(std_energy_j) FILTER (WHERE is_gpu AND run_time_s <= $short_s) AS short_std_energy_j
FROM butter_e_selection($brushes)
WHERE std_energy_j IS NOT NULL AND energy_overhead_j IS NOT NULL;
