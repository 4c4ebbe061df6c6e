-- What is the median energy per datum of the selected runs on each kind of node, by depth?
-- Parameters: $brushes (STRUCT, one field per dimension as in butter_e/make_selection.sql)
-- Columns: depth TINYINT, cpu_runs BIGINT, gpu_runs BIGINT, cpu_j DOUBLE, gpu_j DOUBLE
-- One row per depth, least first, of runs with an energy per datum; medians in J, NULL without a run.
SELECT
    depth,
    count(*) FILTER (WHERE NOT is_gpu) AS cpu_runs,
    count(*) FILTER (WHERE is_gpu) AS gpu_runs,
    median(j_per_datum) FILTER (WHERE NOT is_gpu) AS cpu_j,
    median(j_per_datum) FILTER (WHERE is_gpu) AS gpu_j
FROM butter_e_selection($brushes)
WHERE j_per_datum IS NOT NULL AND depth IS NOT NULL
GROUP BY depth
ORDER BY depth;
