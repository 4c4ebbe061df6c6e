-- How many selected runs are listed, which takes least, and what does the median run take?
-- Parameters: $brushes (STRUCT, one field per dimension as in butter_e/make_selection.sql), $measure
--     (VARCHAR, quantity that a listed run has: energy_j, std_energy_j, j_per_datum, run_time_s or power_w),
--     $words (VARCHAR[], filter as in butter_e/make_listed.sql), $best_per (VARCHAR, dataset, shape,
--     hardware, or empty: not by group)
-- Columns: run_count BIGINT, group_count BIGINT, least DOUBLE, median DOUBLE, dataset VARCHAR, shape VARCHAR,
--     hardware VARCHAR, size INTEGER, depth TINYINT
-- One row, of the run that takes least; least and median in the unit of the measure, NULL where no run is
--     listed. Of several runs that take as little it is any one.
SELECT
    count(*) AS run_count,
    count(
        DISTINCT CASE $best_per
            WHEN 'dataset' THEN dataset WHEN 'shape' THEN shape WHEN 'hardware' THEN hardware
        END
    ) AS group_count,
    min(amount) AS least,
    median(amount) AS median,
    arg_min(dataset, amount) AS dataset,
    arg_min(shape, amount) AS shape,
    arg_min(hardware, amount) AS hardware,
    arg_min(size, amount) AS size,
    arg_min(depth, amount) AS depth
FROM butter_e_listed($brushes, $measure, $words);
