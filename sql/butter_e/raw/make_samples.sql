-- Makes butter_e_raw.samples: what did the meters of each job's nodes say, minute by minute?
-- Parameters: $energy (VARCHAR[], paths of {slurm_job_id}.csv)
-- Makes: butter_e_raw.samples, one row per reading, file by file in each file's order, which rowid counts.
--     local_ts is the clock on the wall in Denver, watts the power of the whole node.
-- Traps: the times end in Z as if they were UTC; read as TIMESTAMP, the Z goes and the wall clock stays. The
--     job stands in the file's name only. A row without a reading is passed over.
CREATE OR REPLACE TABLE butter_e_raw.samples AS
SELECT
    parse_filename(filename, TRUE)::BIGINT AS slurm_job_id,
    node,
    timestamp AS local_ts,
    watts
FROM
    read_csv(
        $energy,
        columns = { 'timestamp': 'TIMESTAMP', 'node': 'VARCHAR', 'watts': 'INTEGER' },
        auto_detect = FALSE,
        header = TRUE,
        delim = ',',
        quote = '"',
        escape = '"',
        filename = TRUE,
        -- Small files: the default of 32 MB a file costs more time than reading them.
        buffer_size = 4000000
    )
WHERE node IS NOT NULL AND timestamp IS NOT NULL AND watts IS NOT NULL;
