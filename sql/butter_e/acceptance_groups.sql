-- How many standardised runs has each shape and each data set?
-- Parameters: $file (VARCHAR, path of a Parquet file of runs)
-- Columns: kind VARCHAR, name VARCHAR, runs BIGINT
-- One row per shape and per data set with at least one run; kind is shape or dataset. By kind and name.
WITH names AS (
    UNPIVOT (
        SELECT
            shape,
            dataset
        FROM read_parquet($file)
        WHERE status = 'standardised'
    )
    ON shape, dataset INTO NAME kind VALUE name
)

SELECT
    kind,
    name,
    count(*) AS runs
FROM names
GROUP BY kind, name
ORDER BY kind, name
