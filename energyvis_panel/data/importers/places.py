"""Codes of regions from what other tools write: ISO alpha-3, alpha-2 or names of countries and US states."""

import csv
from functools import cache

from energyvis_panel.data.region_names import us_state
from energyvis_panel.resources import resource_path

ALPHA_3_AND_2 = (
    "ABWAW AFGAF AGOAO AIAAI ALAAX ALBAL ANDAD AREAE ARGAR ARMAM ASMAS ATAAQ ATFTF ATGAG AUSAU AUTAT "
    "AZEAZ BDIBI BELBE BENBJ BESBQ BFABF BGDBD BGRBG BHRBH BHSBS BIHBA BLMBL BLRBY BLZBZ BMUBM BOLBO "
    "BRABR BRBBB BRNBN BTNBT BVTBV BWABW CAFCF CANCA CCKCC CHECH CHLCL CHNCN CIVCI CMRCM CODCD COGCG "
    "COKCK COLCO COMKM CPVCV CRICR CUBCU CUWCW CXRCX CYMKY CYPCY CZECZ DEUDE DJIDJ DMADM DNKDK DOMDO "
    "DZADZ ECUEC EGYEG ERIER ESHEH ESPES ESTEE ETHET FINFI FJIFJ FLKFK FRAFR FROFO FSMFM GABGA GBRGB "
    "GEOGE GGYGG GHAGH GIBGI GINGN GLPGP GMBGM GNBGW GNQGQ GRCGR GRDGD GRLGL GTMGT GUFGF GUMGU GUYGY "
    "HKGHK HMDHM HNDHN HRVHR HTIHT HUNHU IDNID IMNIM INDIN IOTIO IRLIE IRNIR IRQIQ ISLIS ISRIL ITAIT "
    "JAMJM JEYJE JORJO JPNJP KAZKZ KENKE KGZKG KHMKH KIRKI KNAKN KORKR KWTKW LAOLA LBNLB LBRLR LBYLY "
    "LCALC LIELI LKALK LSOLS LTULT LUXLU LVALV MACMO MAFMF MARMA MCOMC MDAMD MDGMG MDVMV MEXMX MHLMH "
    "MKDMK MLIML MLTMT MMRMM MNEME MNGMN MNPMP MOZMZ MRTMR MSRMS MTQMQ MUSMU MWIMW MYSMY MYTYT NAMNA "
    "NCLNC NERNE NFKNF NGANG NICNI NIUNU NLDNL NORNO NPLNP NRUNR NZLNZ OMNOM PAKPK PANPA PCNPN PERPE "
    "PHLPH PLWPW PNGPG POLPL PRIPR PRKKP PRTPT PRYPY PSEPS PYFPF QATQA REURE ROURO RUSRU RWARW SAUSA "
    "SDNSD SENSN SGPSG SGSGS SHNSH SJMSJ SLBSB SLESL SLVSV SMRSM SOMSO SPMPM SRBRS SSDSS STPST SURSR "
    "SVKSK SVNSI SWESE SWZSZ SXMSX SYCSC SYRSY TCATC TCDTD TGOTG THATH TJKTJ TKLTK TKMTM TLSTL TONTO "
    "TTOTT TUNTN TURTR TUVTV TWNTW TZATZ UGAUG UKRUA UMIUM URYUY USAUS UZBUZ VATVA VCTVC VENVE VGBVG "
    "VIRVI VNMVN VUTVU WLFWF WSMWS XKXXK YEMYE ZAFZA ZMBZM ZWEZW "
)
"""Alpha-3 and alpha-2 code of each country, run together. Source: ISO 3166-1; XKX is in common use for "
"Kosovo."""

ALIASES = {"usa": "US", "united states": "US", "uk": "GB", "great britain": "GB", "russia": "RU"}
UNITED_STATES = "US"
ALPHA_2_LENGTH = 2
ALPHA_3_LENGTH = 3


def region_of(country: str, part: str = "") -> str | None:
    """Code of a region, e.g. ``US-GA``, ``FR``; None where the country is not known.

    Parameters
    ----------
    country
        ISO 3166-1 code of two or three letters, or the country's name.
    part
        Name of a part of the country; only the US states have codes of their own here.

    """
    code = country_code(country)
    if code == UNITED_STATES and part:
        return us_state(part) or code
    return code


def country_code(text: str) -> str | None:
    """Alpha-2 code of a country by code or name, None where there is none."""
    wanted = text.strip()
    if len(wanted) == ALPHA_3_LENGTH and wanted.upper() in alpha_2_by_3():
        return alpha_2_by_3()[wanted.upper()]
    if len(wanted) == ALPHA_2_LENGTH and wanted.upper() in alpha_2_by_3().values():
        return wanted.upper()
    lower = wanted.casefold()
    return ALIASES.get(lower) or country_names().get(lower)


@cache
def alpha_2_by_3() -> dict[str, str]:
    """Alpha-2 codes by alpha-3 code."""
    return {pair[:3]: pair[3:] for pair in ALPHA_3_AND_2.split()}


@cache
def country_names() -> dict[str, str]:
    """Codes of countries by name in lower case, as the grid table spells them."""
    path = resource_path("datasets/reference/grid_annual.csv")
    with path.open(encoding="utf-8", newline="") as file:
        return {
            row["name"].casefold(): row["region_id"]
            for row in csv.DictReader(file)
            if row["level"] == "country"
        }


def named_region(name: str) -> str | None:
    """Code of the US state or else the country with this name; None where there is none."""
    return us_state(name) or country_code(name)


def region_name(region_id: str | None) -> str | None:
    """Name by which :func:`named_region` finds a region again; None where there is none."""
    found = region_names().get(region_id or "")
    return found if found and named_region(found) == region_id else None


@cache
def region_names() -> dict[str, str]:
    """Names of states and countries by code."""
    path = resource_path("datasets/reference/grid_annual.csv")
    with path.open(encoding="utf-8", newline="") as file:
        return {row["region_id"]: row["name"] for row in csv.DictReader(file)}
