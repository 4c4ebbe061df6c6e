-- How many runs pass all brushes on each hardware?
-- Parameters: $brushes (STRUCT, one field per dimension as in butter_e/make_selection.sql)
-- Columns: cpu_runs BIGINT, gpu_runs BIGINT
-- One row. It is asked at each brush, so it counts and no more.
SELECT
    count(*) FILTER (WHERE NOT is_gpu) AS cpu_runs,
    count(*) FILTER (WHERE is_gpu) AS gpu_runs
FROM butter_e_selection($brushes);
