-- Which selected runs does no other beat, being at least as fast and as thrifty, and better in one of both?
-- Parameters: $brushes (STRUCT, one field per dimension as in butter_e/make_selection.sql)
-- Columns: run_time_s DOUBLE, energy_j DOUBLE, hardware VARCHAR, dataset VARCHAR, shape VARCHAR,
--     size INTEGER, depth TINYINT
-- One row per run on the frontier, from the fastest to the thriftiest; equal runs all stay.
-- Sorting a million runs is dear, so bins sort them out first: a run that takes no less than the least of all
-- faster bins is beaten. The few that are left are compared exactly.
WITH selected AS NOT MATERIALIZED (
    SELECT
        run_time_px,
        run_time_s,
        energy_j,
        hardware,
        dataset,
        shape,
        size,
        depth
    FROM butter_e_selection($brushes)
),

bins AS (
    SELECT
        run_time_px,
        min(energy_j) AS least_j
    FROM selected
    GROUP BY run_time_px
),

bounds AS (
    SELECT
        run_time_px,
        least_j,
        min(least_j) OVER (
            ORDER BY run_time_px ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ) AS faster_j
    FROM bins
),

candidates AS (
    SELECT
        selected.*,
        min(selected.energy_j) OVER (
            ORDER BY selected.run_time_s RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS best_j,
        min(selected.energy_j) OVER (
            ORDER BY selected.run_time_s
            RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW EXCLUDE GROUP
        ) AS best_faster_j
    FROM selected
    INNER JOIN bounds ON selected.run_time_px = bounds.run_time_px
    WHERE selected.energy_j < coalesce(bounds.faster_j, 'infinity'::DOUBLE)
)

SELECT
    run_time_s,
    energy_j,
    hardware,
    dataset,
    shape,
    size,
    depth
FROM candidates
WHERE energy_j = best_j AND energy_j < coalesce(best_faster_j, 'infinity'::DOUBLE)
ORDER BY run_time_s, energy_j, dataset, shape, size, depth;
