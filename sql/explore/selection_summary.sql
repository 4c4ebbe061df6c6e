-- How many runs pass all brushes on each hardware, and what do they take?
-- Parameters: $brushes (STRUCT, one field per dimension as in butter_e/make_selection.sql)
-- Columns: is_gpu BOOLEAN, run_count BIGINT, median_energy_j DOUBLE
-- One row per hardware class that has a selected run, CPU first.
SELECT
    is_gpu,
    count(*) AS run_count,
    median(energy_j) AS median_energy_j
FROM butter_e_selection($brushes)
GROUP BY is_gpu
ORDER BY is_gpu;
