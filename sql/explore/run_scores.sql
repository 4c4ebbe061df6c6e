-- How far does one run lie from what its settings predict, and how did its node fare that week?
-- Parameters: $brushes (STRUCT, one field per dimension as in butter_e/make_selection.sql),
--     $run_id (VARCHAR), $z (DOUBLE, robust sd), $fence (DOUBLE, interquartile ranges),
--     $forest (DOUBLE, score)
-- Columns: status VARCHAR, node VARCHAR, run_time_s DOUBLE, power_w DOUBLE, expected_j FLOAT,
--     residual_sd FLOAT, run_time_sd FLOAT, power_sd FLOAT, fence_iqr FLOAT, forest_score FLOAT,
--     standard_j DOUBLE, week_runs BIGINT, week_flagged BIGINT
-- One row, or none where the run has no scores. A week begins on Monday, UTC; its counts are of the scored
-- runs of the node.
WITH run AS (
    SELECT
        status,
        node,
        run_time_s,
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
    WHERE run_id = $run_id AND residual_sd IS NOT NULL
),

weeks AS (
    SELECT
        node,
        week_of(started_s) AS week,
        count(*) AS week_runs,
        count(*) FILTER (
            WHERE abs(residual_sd) > $z OR fence_iqr > $fence OR forest_score > $forest
        ) AS week_flagged
    FROM butter_e_runs
    WHERE residual_sd IS NOT NULL AND node IN (SELECT run.node FROM run)
    GROUP BY node, week_of(started_s)
)

SELECT
    run.status::VARCHAR AS status,
    run.node::VARCHAR AS node,
    run.run_time_s,
    run.power_w,
    run.expected_j,
    run.residual_sd,
    run.run_time_sd,
    run.power_sd,
    run.fence_iqr,
    run.forest_score,
    run.standard_j,
    weeks.week_runs,
    weeks.week_flagged
FROM run
INNER JOIN weeks ON run.node = weeks.node AND run.week = weeks.week;
