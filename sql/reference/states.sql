-- Which US states are there?
-- Parameters: $grid (VARCHAR, path of grid_annual.csv)
-- Columns: region_id VARCHAR, name VARCHAR
-- One row per state, the District of Columbia included; by name.
-- Traps: Georgia is a state and a country; join on region_id, never on name.
SELECT DISTINCT
    region_id,
    name
FROM read_csv($grid, header = TRUE, all_varchar = TRUE, nullstr = '')
WHERE level = 'state'
ORDER BY name
