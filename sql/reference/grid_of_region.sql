-- Which carbon intensities are known for one region?
-- Parameters: $grid (VARCHAR, path of grid_annual.csv), $region_id (VARCHAR, ISO 3166 code: US-WY, FR)
-- Columns: region_id VARCHAR, name VARCHAR, year SMALLINT, g_per_kwh DOUBLE, scope VARCHAR, basis VARCHAR,
--   source VARCHAR
-- One row per source and year; lifecycle before direct, so that the first row of the United States compares
-- with the other countries, then the latest year first. A state has direct values only.
-- Traps: NA is Namibia, so only the empty text is NULL.
SELECT
    region_id,
    name,
    year::SMALLINT AS year,
    g_per_kwh::DOUBLE AS g_per_kwh,
    scope,
    basis,
    source
FROM read_csv($grid, header = TRUE, all_varchar = TRUE, nullstr = '')
WHERE region_id = $region_id
ORDER BY scope DESC, year::SMALLINT DESC, source ASC
