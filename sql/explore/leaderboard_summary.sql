-- How many selected runs are listed, which takes least, and what does the median run take?
-- Parameters: $brushes (STRUCT, one field per dimension as in butter_e/make_selection.sql), $measure
--     (VARCHAR, quantity that a listed run has: energy_j, std_energy_j, j_per_datum, run_time_s or power_w),
--     $words (VARCHAR[], filter as in butter_e/make_listed.sql), $best_per (VARCHAR, dataset, shape,
--     hardware, or empty: not by group)
-- Columns: run_count BIGINT, group_count BIGINT, least DOUBLE, median DOUBLE, dataset VARCHAR, shape VARCHAR,
--     hardware VARCHAR, size INTEGER, depth TINYINT
-- One row, of the run that takes least; least and median in the unit of the measure, NULL where no run is
--     listed. Of several runs that take as little it is any one.
WITH listed AS (
    SELECT
        count(*) AS run_count,
        count(
            DISTINCT CASE $best_per
                WHEN 'dataset' THEN dataset WHEN 'shape' THEN shape WHEN 'hardware' THEN hardware
            END
        ) AS group_count,
        min(amount) AS least,
        median(amount) AS median,
        arg_min(
            struct_pack(
                dataset := dataset, shape := shape, hardware := hardware, size := size, depth := depth
            ),
            amount
        ) AS leader
    FROM butter_e_listed($brushes, $measure, $words)
)

SELECT
    run_count,
    group_count,
    least,
    median,
    leader['dataset']::VARCHAR AS dataset,
    leader['shape']::VARCHAR AS shape,
    leader['hardware']::VARCHAR AS hardware,
    leader['size'] AS size,
    leader['depth'] AS depth
FROM listed;
