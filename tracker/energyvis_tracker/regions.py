"""Codes of regions: ISO 3166-1 alpha-2 for countries, ISO 3166-2 for their parts, e.g. US-GA."""

import re

SHAPE = re.compile(r"([A-Z]{2})(?:-([A-Z0-9]{1,3}))?")
# ISO 3166-1, officially assigned codes (249).
COUNTRY_TEXT = (
    "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT "
    "BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH "
    "ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT "
    "HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS "
    "LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI "
    "NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG "
    "SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG "
    "UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW"
)
COUNTRIES = frozenset(COUNTRY_TEXT.split())
# ISO 3166-2:US, states and the district.
STATE_TEXT = (
    "AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY "
    "NC ND OH OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY"
)
US_STATES = frozenset(STATE_TEXT.split())


def unknown_region(code: object) -> str | None:
    """Return why a code names no region, in a sentence with the remedy; none where it names one."""
    shape = SHAPE.fullmatch(code) if isinstance(code, str) else None
    if shape is None:
        return f"region must be an ISO 3166 code such as 'FR' or 'US-GA', or left out; this is {code!r}."
    country, part = shape.groups()
    if country == "UK":
        return "region 'UK' is no ISO 3166 code; the United Kingdom is 'GB'."
    if country not in COUNTRIES:
        hint = f"; did you mean 'US-{country}'?" if country in US_STATES and part is None else "."
        return f"region {code!r} names no country of ISO 3166{hint}"
    if country == "US" and part is not None and part not in US_STATES:
        return f"region {code!r} names no state of the USA; use e.g. 'US-GA', or 'US' alone."
    return None
