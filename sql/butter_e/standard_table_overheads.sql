-- Which overhead does the published table take off each run, in joules and in seconds?
-- Parameters: $file (VARCHAR, path of runs_with_standardized_energy.csv, unpacked)
-- Columns: hardware VARCHAR, overhead_j DOUBLE, overhead_s DOUBLE
-- One row per hardware, CPU node first, with the median over its runs: the published value is the same for
--     all of them.
SELECT
    CASE WHEN is_gpu::BOOLEAN THEN 'GPU node' ELSE 'CPU node' END AS hardware,
    median(energy_overhead::DOUBLE) AS overhead_j,
    median(runtime_overhead::DOUBLE) AS overhead_s
FROM
    read_csv(
        $file,
        header = TRUE,
        delim = ',',
        quote = '"',
        escape = '"',
        comment = '',
        all_varchar = TRUE,
        strict_mode = TRUE,
        null_padding = FALSE
    )
GROUP BY hardware
ORDER BY hardware
