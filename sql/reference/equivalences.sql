-- What has a carbon footprint that people can feel?
-- Parameters: $equivalence (VARCHAR, path of equivalence.csv)
-- Columns: eq_id VARCHAR, label VARCHAR, kg_co2e DOUBLE, per VARCHAR, printed VARCHAR, year SMALLINT,
--   source VARCHAR, licence VARCHAR
-- One row per thing, kg_co2e kilograms for one of per; smallest first.
-- Traps: printed is the source's own figure and unit; some sources count CO2 only, which printed then says.
SELECT
    eq_id,
    label,
    kg_co2e::DOUBLE AS kg_co2e,
    per,
    printed,
    year::SMALLINT AS year,
    source,
    licence
FROM read_csv($equivalence, header = TRUE, all_varchar = TRUE, nullstr = '')
ORDER BY kg_co2e::DOUBLE, eq_id
