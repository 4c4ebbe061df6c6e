-- Makes butter_e_raw.depth_two: as which shape and experiment do networks of two layers count (rule R4)?
-- Parameters: none
-- Makes: butter_e_raw.depth_two, one row per setting that kept runs of depth 2 have: dataset, size,
--     optimizer, batch_size, learning_rate; experiment_id, a rectangle's if one is left.
-- With one hidden layer all eight shapes are the same network, a rectangle (NREL, notebook 3).
-- Trap: among several ids the notebook's unstable sort leaves open which one it takes; here it is the lowest.
CREATE OR REPLACE TABLE butter_e_raw.depth_two AS
SELECT
    runs.dataset,
    runs.size,
    runs.optimizer,
    runs.batch_size,
    runs.learning_rate,
    coalesce(
        min(runs.experiment_id) FILTER (runs.shape = 'rectangle'), min(runs.experiment_id)
    ) AS experiment_id
FROM butter_e_raw.runs
INNER JOIN butter_e_raw.filters ON runs.run_number = filters.run_number
WHERE runs.depth = 2 AND NOT filters.is_rejected
GROUP BY ALL;
