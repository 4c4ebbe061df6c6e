-- How many data did each run train on?
-- Parameters: $epochs (VARCHAR[], files)
-- Columns: run_id VARCHAR, data DOUBLE
-- One row per run that has epochs, by id. data adds up the units of its finished epochs over all writers. It
-- is NULL unless every epoch says how many, more than none in all, and every unit is one of: sample, samples,
-- image, images, example, examples.
SELECT
    run_id,
    CASE
        WHEN
            bool_and(
                coalesce(units >= 0, FALSE)
                AND coalesce(
                    lower(unit) IN ('sample', 'samples', 'image', 'images', 'example', 'examples'), FALSE
                )
            )
            AND sum(units) > 0
            THEN sum(units)
    END AS data
FROM read_parquet($epochs, union_by_name = TRUE)
GROUP BY run_id
ORDER BY run_id
