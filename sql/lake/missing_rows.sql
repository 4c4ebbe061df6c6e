-- Which readings of a run are missing, although later ones of their writer are there?
-- Parameters: $samples (VARCHAR[], files of the run)
-- Columns: writer VARCHAR, first_seq BIGINT, last_seq BIGINT
-- One row per gap in a writer's numbers, in order. A writer counts from 0 without leaving out a number.
WITH numbered AS (
    SELECT
        writer,
        seq,
        coalesce(lag(seq) OVER (PARTITION BY writer ORDER BY seq), -1) AS previous_seq
    FROM read_parquet($samples, union_by_name = TRUE)
)

SELECT
    writer,
    previous_seq + 1 AS first_seq,
    seq - 1 AS last_seq
FROM numbered
WHERE seq > previous_seq + 1
ORDER BY writer, first_seq
