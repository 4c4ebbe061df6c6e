-- What does electricity cost firms, region by region?
-- Parameters: $electricity_price (VARCHAR, path of electricity_price.csv)
-- Columns: region_id VARCHAR, name VARCHAR, sector VARCHAR, year SMALLINT, half TINYINT,
--   price_per_kwh DOUBLE, currency VARCHAR, usd_per_unit DOUBLE, rate_source VARCHAR, taxes VARCHAR,
--   source VARCHAR, usd_per_kwh DOUBLE
-- One row per region: the latest year with a price; by region.
-- Traps: EU27 is no country; its price stands for each member. A region without a price has no row.
SELECT
    region_id,
    name,
    sector,
    year::SMALLINT AS year,
    half::TINYINT AS half,
    price_per_kwh::DOUBLE AS price_per_kwh,
    currency,
    usd_per_unit::DOUBLE AS usd_per_unit,
    rate_source,
    taxes,
    source,
    price_per_kwh::DOUBLE * usd_per_unit::DOUBLE AS usd_per_kwh
FROM read_csv($electricity_price, header = TRUE, all_varchar = TRUE, nullstr = '')
WHERE price_per_kwh IS NOT NULL
QUALIFY
    row_number() OVER (
        PARTITION BY region_id
        ORDER BY year::SMALLINT DESC, half::TINYINT DESC NULLS LAST, sector ASC
    ) = 1
ORDER BY region_id
