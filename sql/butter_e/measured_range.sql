-- Which sizes and numbers of layers were measured at all, and are the runs synthetic?
-- Parameters: none
-- Columns: least_size INTEGER, most_size INTEGER, depths TINYINT[], synthetic_runs BIGINT, runs BIGINT
-- One row, over the standardised runs; no size and no depths where there is none.
-- Needs butter_e_runs.
SELECT
    min(size) AS least_size,
    max(size) AS most_size,
    list_sort(list(DISTINCT depth)) AS depths,
    count(*) FILTER (synthetic) AS synthetic_runs,
    count(*) AS runs
FROM butter_e_runs
WHERE status = 'standardised'
