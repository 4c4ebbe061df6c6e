-- How much energy did the selected runs take on each hardware, and how much of it is overhead?
-- Parameters: $brushes (STRUCT, one field per dimension as in butter_e/make_selection.sql)
-- Columns: is_gpu BOOLEAN, run_count BIGINT, measured_runs BIGINT, training_j DOUBLE, overhead_j DOUBLE,
--     unsplit_j DOUBLE
-- One row per hardware class that has a run, in no order. measured_runs have an energy; the three energies
-- add up to theirs, in J before PUE. A run's overhead is that of its hardware, but no more than the run took;
-- unsplit_j is of runs whose overhead is not known.
WITH measured AS (
    SELECT
        is_gpu,
        energy_j,
        -- Without the condition, least() would give the one value where the other is missing.
        CASE
            WHEN energy_j IS NOT NULL AND energy_overhead_j IS NOT NULL
                THEN least(energy_j, energy_overhead_j)
        END AS overhead_j
    FROM butter_e_selection($brushes)
)

SELECT
    is_gpu,
    count(*) AS run_count,
    count(energy_j) AS measured_runs,
    coalesce(sum(energy_j - overhead_j), 0) AS training_j,
    coalesce(sum(overhead_j), 0) AS overhead_j,
    coalesce(sum(energy_j) FILTER (WHERE overhead_j IS NULL), 0) AS unsplit_j
FROM measured
GROUP BY is_gpu;
