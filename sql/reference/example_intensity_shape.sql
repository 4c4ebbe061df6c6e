-- Which made-up shape has the carbon intensity of the example curve over day and season?
-- Parameters: $shape (VARCHAR, path of example_intensity_shape.csv)
-- Columns: month TINYINT, hour TINYINT, factor DOUBLE
-- One row per month (1 to 12) and hour (0 to 23), in that order; the mean over 365 days is 1.
-- Traps: the shape is synthetic; whatever is drawn from it must say so.
SELECT
    month::TINYINT AS month,
    hour::TINYINT AS hour,
    factor::DOUBLE AS factor
FROM read_csv($shape, header = TRUE, all_varchar = TRUE, nullstr = '')
ORDER BY month::TINYINT, hour::TINYINT
