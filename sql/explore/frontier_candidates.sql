-- Which selected runs may be beaten by no other of their kind, being as fast and as thrifty?
-- Parameters: $brushes (STRUCT, one field per dimension as in butter_e/make_selection.sql), $kind (VARCHAR,
--     what tells kinds apart: hardware, shape, optimizer or dataset)
-- Columns: run_time_s DOUBLE, energy_j DOUBLE, hardware VARCHAR, dataset VARCHAR, shape VARCHAR,
--     size INTEGER, depth TINYINT, optimizer VARCHAR, batch_size SMALLINT, learning_rate FLOAT, kind VARCHAR
-- One row per run, in no order: all that are on the frontier of their kind, and some that are not. The kind
-- is 'not recorded' where the run has none; runs without energy or run time take no part.
-- Sorting a million runs is dear, so bins sort them out first: a run that takes no less than the least of all
-- faster bins is beaten, and so is a bin whose least does. state/explore/unbeaten_runs.py compares the few
-- that are left, which windows here would take longer to plan than to do.
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
        END AS code,
        CASE $kind
            WHEN 'hardware' THEN hardware
            WHEN 'dataset' THEN dataset
            WHEN 'shape' THEN shape
            WHEN 'optimizer' THEN optimizer
        END AS kind
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
)

SELECT
    selected.run_time_s,
    selected.energy_j,
    selected.hardware::VARCHAR AS hardware,
    selected.dataset::VARCHAR AS dataset,
    selected.shape::VARCHAR AS shape,
    selected.size,
    selected.depth,
    selected.optimizer::VARCHAR AS optimizer,
    selected.batch_size,
    selected.learning_rate,
    coalesce(selected.kind::VARCHAR, 'not recorded') AS kind
FROM selected
INNER JOIN bounds ON selected.code = bounds.code AND selected.run_time_px = bounds.run_time_px
WHERE selected.energy_j < bounds.faster_j;
