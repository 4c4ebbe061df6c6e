-- What is the median energy per datum of the selected runs on each kind of node, by size?
-- Parameters: $brushes (STRUCT, one field per dimension as in butter_e/make_selection.sql)
-- Columns: size INTEGER, cpu_runs BIGINT, gpu_runs BIGINT, cpu_j DOUBLE, gpu_j DOUBLE
-- One row per size, least first, of runs with an energy per datum; medians in J, NULL without a run.
SELECT
    size,
    count(*) FILTER (WHERE NOT is_gpu) AS cpu_runs,
    count(*) FILTER (WHERE is_gpu) AS gpu_runs,
    median(j_per_datum) FILTER (WHERE NOT is_gpu) AS cpu_j,
    median(j_per_datum) FILTER (WHERE is_gpu) AS gpu_j
FROM butter_e_selection($brushes)
WHERE j_per_datum IS NOT NULL AND size IS NOT NULL
GROUP BY size
ORDER BY size;
