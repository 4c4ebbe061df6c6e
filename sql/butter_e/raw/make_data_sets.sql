-- Makes butter_e_raw.data_sets: how many observations has each data set?
-- Parameters: $data_sets (VARCHAR, path of pmlb.csv, or of the shipped data_sets.csv)
-- Makes: butter_e_raw.data_sets, one row per data set: dataset, observations.
-- Trap: three spellings of the column are in use: n_observations (published), n_instances (the newer
--     pmlb.csv) and observations (the shipped file).
CREATE OR REPLACE TABLE butter_e_raw.data_sets AS
WITH listed AS (
    SELECT
        dataset,
        COLUMNS('(?i)^(n_observations|n_instances|observations)$')::DOUBLE::BIGINT AS observations
    FROM read_csv($data_sets, header = TRUE, all_varchar = TRUE, delim = ',', quote = '"', escape = '"')
)

SELECT
    dataset,
    max(observations) AS observations
FROM listed
GROUP BY dataset;
