"""Code lists of component 2, socio-economic data: the dwelling, assets and services (301–310, 505–506)."""

from __future__ import annotations

from django.db.models import IntegerChoices

from dtks.registration.registry.codes.bilingual import both


class Tenure(IntegerChoices):
    OWNED = 1, both("Milik sendiri", "Owned")
    RENTED = 2, both("Kontrak/sewa", "Rented")
    RENT_FREE = 3, both("Bebas sewa", "Rent-free")
    OFFICIAL = 4, both("Dinas", "Official residence")
    OTHER = 5, both("Lainnya", "Other")


class LandTitle(IntegerChoices):
    OWN_SHM = 1, both("SHM atas Nama Anggota Keluarga", "Freehold (SHM) in a member's name")
    OTHER_SHM_WRITTEN = (
        2,
        both(
            "SHM bukan a.n Anggota Keluarga dengan perjanjian pemanfaatan tertulis",
            "Freehold of another, written agreement",
        ),
    )
    OTHER_SHM_UNWRITTEN = (
        3,
        both(
            "SHM bukan a.n Anggota Keluarga tanpa perjanjian pemanfaatan tertulis",
            "Freehold of another, no written agreement",
        ),
    )
    OTHER_CERTIFICATE = 4, both("Sertifikat selain SHM (SHGB, SHSRS)", "Other certificate (SHGB, SHSRS)")
    OTHER_PROOF = 5, both("Surat bukti lainnya (Girik, Letter C, dll)", "Other proof (girik, letter C …)")
    NONE = 6, both("Tidak Punya", "None")


class LandTenure(IntegerChoices):
    """BDT 2015, status of the land under the dwelling."""

    OWNED = 1, both("Milik sendiri", "Owned")
    OTHERS = 2, both("Milik orang lain", "Owned by others")
    STATE = 3, both("Tanah negara", "State land")
    OTHER = 4, both("Lainnya", "Other")


class FloorMaterial(IntegerChoices):
    MARBLE = 1, both("Marmer/granit", "Marble/granite")
    CERAMIC = 2, both("Keramik", "Ceramic")
    PARQUET = 3, both("Parket/vinil/karpet", "Parquet/vinyl/carpet")
    TILE = 4, both("Ubin/tegel/teraso", "Tile/terrazzo")
    WOOD = 5, both("Kayu/papan", "Wood/plank")
    CEMENT = 6, both("Semen/bata merah", "Cement/red brick")
    BAMBOO = 7, both("Bambu", "Bamboo")
    EARTH = 8, both("Tanah", "Earth")
    OTHER = 9, both("Lainnya", "Other")


class WallMaterial(IntegerChoices):
    BRICK = 1, both("Tembok", "Brick")
    PLASTERED_BAMBOO = 2, both("Plesteran anyaman bambu/kawat", "Plastered bamboo/wire")
    WOOD = 3, both("Kayu/papan/Gypsum/GRC/Calciboard", "Wood/plank/gypsum/board")
    WOVEN_BAMBOO = 4, both("Anyaman bambu", "Woven bamboo")
    LOG = 5, both("Batang kayu", "Log")
    BAMBOO = 6, both("Bambu", "Bamboo")
    OTHER = 7, both("Lainnya", "Other")


class RoofMaterial(IntegerChoices):
    CONCRETE = 1, both("Beton", "Concrete")
    TILE = 2, both("Genteng", "Roof tile")
    ZINC = 3, both("Seng", "Zinc")
    ASBESTOS = 4, both("Asbes", "Asbestos")
    WOOD = 5, both("Kayu/sirap", "Wood/shingle")
    BAMBOO = 6, both("Bambu", "Bamboo")
    THATCH = 7, both("Jerami/ijuk/daun-daunan/rumbia", "Thatch/leaves")
    OTHER = 8, both("Lainnya", "Other")


class Condition(IntegerChoices):
    """BDT 2015, condition of walls and roof."""

    GOOD = 1, both("Bagus/kualitas tinggi", "Good/high quality")
    POOR = 2, both("Jelek/kualitas rendah", "Poor/low quality")


class WaterSource(IntegerChoices):
    BRANDED_BOTTLED = 1, both("Air kemasan bermerk", "Branded bottled water")
    REFILL = 2, both("Air isi ulang", "Refill water")
    PIPED = 3, both("Leding", "Piped")
    BOREHOLE = 4, both("Sumur bor/pompa", "Borehole/pump")
    PROTECTED_WELL = 5, both("Sumur terlindung", "Protected well")
    UNPROTECTED_WELL = 6, both("Sumur tak terlindung", "Unprotected well")
    PROTECTED_SPRING = 7, both("Mata air terlindung", "Protected spring")
    UNPROTECTED_SPRING = 8, both("Mata air tak terlindung", "Unprotected spring")
    SURFACE = 9, both("Air permukaan (sungai/danau/waduk/kolam/irigasi)", "Surface water")
    RAIN = 10, both("Air hujan", "Rain water")
    OTHER = 11, both("Lainnya", "Other")


class WaterDistance(IntegerChoices):
    """The paper form writes 8 for 'does not know', the software 3; imports map 8 to 3."""

    UNDER_10_M = 1, both("< 10 meter", "< 10 metres")
    OVER_10_M = 2, both(">= 10 meter", ">= 10 metres")
    UNKNOWN = 3, both("Tidak tahu", "Does not know")


class WaterPayment(IntegerChoices):
    """BDT 2015, how drinking water is obtained."""

    RETAIL = 1, both("Membeli eceran", "Bought retail")
    SUBSCRIPTION = 2, both("Langganan", "Subscription")
    FREE = 3, both("Tidak membeli", "Not bought")


class Lighting(IntegerChoices):
    PLN_METERED = 1, both("Listrik PLN dengan meteran", "PLN electricity, metered")
    PLN_UNMETERED = 2, both("Listrik PLN tanpa meteran", "PLN electricity, no meter")
    OTHER_ELECTRICITY = 3, both("Listrik Non-PLN", "Other electricity")
    NO_ELECTRICITY = 4, both("Bukan listrik", "Not electricity")


class PowerCapacity(IntegerChoices):
    W450 = 1, both("450 watt", "450 watts")
    W900 = 2, both("900 watt", "900 watts")
    W1300 = 3, both("1.300 watt", "1,300 watts")
    W2200 = 4, both("2.200 watt", "2,200 watts")
    OVER_W2200 = 5, both("> 2.200 watt", "> 2,200 watts")


class CookingFuel(IntegerChoices):
    """The paper form writes 0 for 'does not cook', the software 12; imports map 0 to 12."""

    ELECTRICITY = 1, both("Listrik", "Electricity")
    LPG_5_5KG = 2, both("Gas elpiji 5,5kg/Blue gaz", "LPG 5.5 kg/Blue gaz")
    LPG_12KG = 3, both("Gas elpiji 12 kg", "LPG 12 kg")
    LPG_3KG = 4, both("Gas elpiji 3 kg", "LPG 3 kg")
    CITY_GAS = 5, both("Gas kota/meteran PGN", "City gas")
    BIOGAS = 6, both("Biogas", "Biogas")
    KEROSENE = 7, both("Minyak tanah", "Kerosene")
    BRIQUETTE = 8, both("Briket", "Briquette")
    CHARCOAL = 9, both("Arang", "Charcoal")
    FIREWOOD = 10, both("Kayu bakar", "Firewood")
    OTHER = 11, both("Lainnya", "Other")
    NO_COOKING = 12, both("Tidak memasak di rumah", "Does not cook at home")


class Toilet(IntegerChoices):
    PRIVATE = 1, both("Ada, digunakan hanya Anggota Keluarga sendiri", "Yes, own family only")
    SHARED = (
        2,
        both(
            "Ada, digunakan bersama Anggota Keluarga dari rumah tangga tertentu",
            "Yes, shared with certain households",
        ),
    )
    COMMUNAL = 3, both("Ada, di MCK komunal", "Yes, communal facility")
    PUBLIC = 4, both("Ada, di MCK umum/siapapun menggunakan", "Yes, public facility")
    UNUSED = 5, both("Ada, Anggota Keluarga tidak menggunakan", "Yes, not used by the family")
    NONE = 6, both("Tidak ada fasilitas", "No facility")


class ClosetType(IntegerChoices):
    GOOSENECK = 1, both("Leher angsa", "Gooseneck")
    COVERED_SLAB = 2, both("Plengsengan dengan tutup", "Slab with lid")
    OPEN_SLAB = 3, both("Plengsengan tanpa tutup", "Slab without lid")
    PIT = 4, both("Cemplung/cubluk", "Pit")


class Sewage(IntegerChoices):
    SEPTIC_TANK = 1, both("Tangki septik", "Septic tank")
    TREATMENT_PLANT = 2, both("IPAL", "Treatment plant")
    WATER_BODY = 3, both("Kolam/sawah/sungai/danau/laut", "Pond/field/river/lake/sea")
    EARTH_PIT = 4, both("Lubang tanah", "Earth pit")
    OPEN_GROUND = 5, both("Pantai/tanah lapang/kebun", "Beach/open ground/garden")
    OTHER = 6, both("Lainnya", "Other")


class InternetAccess(IntegerChoices):
    NONE = 0, both("Tidak menggunakan internet", "No internet")
    SUBSCRIPTION = 1, both("Internet dan TV digital berlangganan", "Subscribed internet and digital TV")
    WIFI = 2, both("Wifi", "Wi-Fi")
    MOBILE = 3, both("Internet Handphone", "Mobile internet")


class BankAccount(IntegerChoices):
    FOR_BUSINESS = 1, both("Ya, untuk usaha", "Yes, for business")
    FOR_PERSONAL = 2, both("Ya, untuk pribadi", "Yes, personal")
    FOR_BOTH = 3, both("Ya, untuk usaha dan pribadi", "Yes, business and personal")
    NONE = 4, both("Tidak", "No")
