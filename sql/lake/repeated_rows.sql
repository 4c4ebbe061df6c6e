-- Which readings of a run stand there more than once?
-- Parameters: $samples (VARCHAR[], files of the run)
-- Columns: writer VARCHAR, first_seq BIGINT, numbers BIGINT, differing BIGINT
-- One row per writer that repeats a number: its first such number, how many there are, and how many of them
-- stand for different readings.
WITH readings AS (
    SELECT * FROM read_parquet($samples, union_by_name = TRUE)
),

repeated AS (
    SELECT
        writer,
        seq
    FROM readings
    GROUP BY writer, seq
    HAVING count(*) > 1
),

compared AS (
    SELECT
        writer,
        seq,
        count(DISTINCT readings) > 1 AS is_differing
    FROM readings
    WHERE (writer, seq) IN (FROM repeated)
    GROUP BY writer, seq
)

SELECT
    writer,
    min(seq) AS first_seq,
    count(*) AS numbers,
    count(*) FILTER (WHERE is_differing) AS differing
FROM compared
GROUP BY writer
ORDER BY writer
