-- Makes butter_e_node_weeks: how many scored runs did each node begin in each week?
-- Parameters: none
-- Makes: butter_e_node_weeks, one row per node and week with a scored run: node, week (as week_of says),
--     run_count.
-- Needs butter_e_runs with its scores, week_of.
CREATE OR REPLACE TABLE butter_e_node_weeks AS
SELECT
    node,
    week_of(started_s) AS week,
    count(*) AS run_count
FROM butter_e_runs
WHERE residual_sd IS NOT NULL
GROUP BY node, week_of(started_s);
