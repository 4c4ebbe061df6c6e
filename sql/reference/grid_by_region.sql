-- What is the latest carbon intensity of every region, by source?
-- Parameters: $grid (VARCHAR, path of grid_annual.csv), $level (VARCHAR, state or country; NULL for both)
-- Columns: region_id VARCHAR, name VARCHAR, level VARCHAR, country VARCHAR, year SMALLINT, g_per_kwh DOUBLE,
--   gas VARCHAR, scope VARCHAR, basis VARCHAR, source VARCHAR, source_url VARCHAR, licence VARCHAR
-- One row per region and source; by region, then source.
-- Traps: NA is Namibia, so only the empty text is NULL. Direct (eGRID) and lifecycle (Ember) values differ
-- in what they count: never put the two on one colour scale without saying so.
SELECT
    region_id,
    name,
    level,
    country,
    year::SMALLINT AS year,
    g_per_kwh::DOUBLE AS g_per_kwh,
    gas,
    scope,
    basis,
    source,
    source_url,
    licence
FROM read_csv($grid, header = TRUE, all_varchar = TRUE, nullstr = '')
WHERE $level IS NULL OR level = $level
QUALIFY
    row_number() OVER (
        PARTITION BY region_id, source
        ORDER BY year::SMALLINT DESC
    ) = 1
ORDER BY region_id, source
