-- Which selected runs does no other of their kind beat, being as fast and as thrifty, and better in one?
-- Parameters: $brushes (STRUCT, one field per dimension as in butter_e/make_selection.sql), $kind (VARCHAR,
--     what tells kinds apart: hardware, shape, optimizer or dataset)
-- Columns: run_time_s DOUBLE, energy_j DOUBLE, hardware VARCHAR, dataset VARCHAR, shape VARCHAR,
--     size INTEGER, depth TINYINT, optimizer VARCHAR, batch_size SMALLINT, learning_rate FLOAT, kind VARCHAR,
--     is_unbeaten BOOLEAN
-- One row per run on the frontier of its kind, from the fastest to the thriftiest; equal runs all stay.
-- is_unbeaten: no run of any kind beats it, so it is on the frontier of the selection. The kind is
-- 'not recorded' where the run has none; runs without energy or run time take no part.
-- Sorting a million runs is dear, so bins sort them out first: a run that takes no less than the least of all
-- faster bins is beaten, and so is a bin whose least does. The few that are left are compared exactly.
WITH selected AS NOT MATERIALIZED (
    SELECT
        run_time_px,
        run_time_s,
        energy_j,
        hardware,
        dataset,
        shape,
        size,
        depth,
        optimizer,
        batch_size,
        learning_rate,
        CASE $kind
            WHEN 'hardware' THEN is_gpu::UTINYINT
            WHEN 'dataset' THEN ((setting_key >> 1) & 255)::UTINYINT
            WHEN 'shape' THEN ((setting_key >> 9) & 255)::UTINYINT
            WHEN 'optimizer' THEN ((setting_key >> 37) & 255)::UTINYINT
        END AS code
    FROM butter_e_selection($brushes)
),

bins AS (
    SELECT
        code,
        run_time_px,
        min(energy_j) AS least_j
    FROM selected
    GROUP BY code, run_time_px
),

bounds AS (
    SELECT
        code,
        run_time_px,
        coalesce(
            min(least_j) OVER (
                PARTITION BY code ORDER BY run_time_px ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
            ),
            'infinity'::DOUBLE
        ) AS faster_j
    FROM bins
    QUALIFY least_j < faster_j
),

candidates AS (
    SELECT
        selected.*,
        min(selected.energy_j) OVER (
            PARTITION BY selected.code
            ORDER BY selected.run_time_s RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS best_j,
        min(selected.energy_j) OVER (
            PARTITION BY selected.code
            ORDER BY selected.run_time_s
            RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW EXCLUDE GROUP
        ) AS best_faster_j
    FROM selected
    INNER JOIN bounds ON selected.code = bounds.code AND selected.run_time_px = bounds.run_time_px
    WHERE selected.energy_j < bounds.faster_j
),

frontiers AS (
    SELECT
        *, -- noqa: AM04
        CASE $kind
            WHEN 'hardware' THEN hardware
            WHEN 'dataset' THEN dataset
            WHEN 'shape' THEN shape
            WHEN 'optimizer' THEN optimizer
        END AS kind,
        min(energy_j) OVER (
            ORDER BY run_time_s RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS best_of_all_j,
        min(energy_j) OVER (
            ORDER BY run_time_s RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW EXCLUDE GROUP
        ) AS best_faster_of_all_j
    FROM candidates
    WHERE energy_j = best_j AND energy_j < coalesce(best_faster_j, 'infinity'::DOUBLE)
)

SELECT
    run_time_s,
    energy_j,
    hardware,
    dataset,
    shape,
    size,
    depth,
    optimizer,
    batch_size,
    learning_rate,
    coalesce(kind, 'not recorded') AS kind,
    energy_j = best_of_all_j AND energy_j < coalesce(best_faster_of_all_j, 'infinity'::DOUBLE) AS is_unbeaten
FROM frontiers
ORDER BY run_time_s, energy_j, kind, dataset, shape, size, depth, hardware;
