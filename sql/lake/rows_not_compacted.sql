-- Which readings of a live copy does the compacted file of its run lack?
-- Parameters: $live (VARCHAR[], segments of the live copy), $samples (VARCHAR[], the compacted file)
-- Columns: writer VARCHAR, first_seq BIGINT, last_seq BIGINT, numbers BIGINT
-- One row per writer with such readings.
WITH lacking AS (
    SELECT
        writer,
        seq
    FROM read_parquet($live, union_by_name = TRUE)
    EXCEPT
    SELECT
        writer,
        seq
    FROM read_parquet($samples, union_by_name = TRUE)
)

SELECT
    writer,
    min(seq) AS first_seq,
    max(seq) AS last_seq,
    count(*) AS numbers
FROM lacking
GROUP BY writer
ORDER BY writer
