-- How many runs pass all brushes on each hardware, what do they take, and what does their energy follow?
-- Parameters: $brushes (STRUCT, one field per dimension as in butter_e/make_selection.sql)
-- Columns: cpu_runs BIGINT, gpu_runs BIGINT, cpu_median_j DOUBLE, gpu_median_j DOUBLE, by_size DOUBLE,
--     by_depth DOUBLE, by_run_time DOUBLE
-- One row. The by_ columns are Pearson's r between the bins of energy and of the other axis, so on the scales
-- as drawn; NULL or NaN where an axis has one value only. One row without groups is one cheap scan at each
-- brush: grouped by hardware and in all, the medians would be taken twice.
SELECT
    count(*) FILTER (WHERE NOT is_gpu) AS cpu_runs,
    count(*) FILTER (WHERE is_gpu) AS gpu_runs,
    median(energy_j) FILTER (WHERE NOT is_gpu) AS cpu_median_j,
    median(energy_j) FILTER (WHERE is_gpu) AS gpu_median_j,
    corr(energy_px, size_px) AS by_size,
    corr(energy_px, depth_px) AS by_depth,
    corr(energy_px, run_time_px) AS by_run_time
FROM butter_e_selection($brushes);
