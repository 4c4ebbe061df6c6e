-- Which selected runs are flagged, how strange is each, and how did its node fare that week?
-- Parameters: $brushes (STRUCT, one field per dimension as in butter_e/make_selection.sql),
--     $z (DOUBLE, robust sd), $fence (DOUBLE, interquartile ranges), $forest (DOUBLE, score),
--     $n (INTEGER, how many runs at most)
-- Columns: run_id VARCHAR, started_s DOUBLE, status VARCHAR, batch VARCHAR, dataset VARCHAR, shape VARCHAR,
--     size INTEGER, depth TINYINT, hardware VARCHAR, node VARCHAR, run_time_s DOUBLE, energy_j DOUBLE,
--     power_w DOUBLE, expected_j FLOAT, residual_sd FLOAT, run_time_sd FLOAT, power_sd FLOAT,
--     fence_iqr FLOAT, forest_score FLOAT, standard_j DOUBLE, week_runs BIGINT, week_flagged BIGINT
-- One row per flagged run, the strangest by the residual first, ties by run_id. A week begins on Monday, UTC;
-- week_runs and week_flagged count all scored runs of the node in it, selected or not.
WITH flagged AS (
    SELECT
        run_id,
        started_s,
        status,
        batch,
        dataset,
        shape,
        size,
        depth,
        hardware,
        node,
        run_time_s,
        energy_j,
        power_w,
        expected_j,
        residual_sd,
        run_time_sd,
        power_sd,
        fence_iqr,
        forest_score,
        coalesce(std_energy_j, energy_j) AS standard_j,
        week_of(started_s) AS week
    FROM butter_e_selection($brushes)
    WHERE abs(residual_sd) > $z OR fence_iqr > $fence OR forest_score > $forest
    ORDER BY abs(residual_sd) DESC, run_id ASC
    LIMIT $n
),

weeks AS (
    SELECT
        node,
        week_of(started_s) AS week,
        count(*) AS week_flagged
    FROM butter_e_runs
    WHERE abs(residual_sd) > $z OR fence_iqr > $fence OR forest_score > $forest
    GROUP BY node, week_of(started_s)
)

SELECT
    flagged.run_id,
    flagged.started_s,
    flagged.status::VARCHAR AS status,
    flagged.batch::VARCHAR AS batch,
    flagged.dataset::VARCHAR AS dataset,
    flagged.shape::VARCHAR AS shape,
    flagged.size,
    flagged.depth,
    flagged.hardware::VARCHAR AS hardware,
    flagged.node::VARCHAR AS node,
    flagged.run_time_s,
    flagged.energy_j,
    flagged.power_w,
    flagged.expected_j,
    flagged.residual_sd,
    flagged.run_time_sd,
    flagged.power_sd,
    flagged.fence_iqr,
    flagged.forest_score,
    flagged.standard_j,
    in_week.run_count AS week_runs,
    weeks.week_flagged
FROM flagged
INNER JOIN weeks ON flagged.node = weeks.node AND flagged.week = weeks.week
INNER JOIN butter_e_node_weeks AS in_week ON flagged.node = in_week.node AND flagged.week = in_week.week
ORDER BY abs(flagged.residual_sd) DESC, flagged.run_id ASC;
