"""Code lists of component 5, potential and sources of social welfare (PSKS)."""

from __future__ import annotations

from django.db.models import IntegerChoices

from dtks.registration.registry.codes.bilingual import both


class Skill(IntegerChoices):
    NONE = 0, both("Tidak ada", "None")
    FARMING = 1, both("Pertanian/perkebunan", "Farming")
    LIVESTOCK = 2, both("Peternakan", "Livestock")
    FISHING = 3, both("Perikanan", "Fishing")
    BUILDING = 4, both("Pertukangan/bangunan", "Building trades")
    SEWING = 5, both("Menjahit/kerajinan", "Sewing/crafts")
    COOKING = 6, both("Memasak/kuliner", "Cooking")
    MECHANICS = 7, both("Otomotif/elektronik", "Mechanics/electronics")
    TRADE = 8, both("Berdagang", "Trade")
    COMPUTER = 9, both("Komputer/digital", "Computer/digital")
    CARE = 10, both("Perawatan/kecantikan", "Care/beauty")
    OTHER = 11, both("Lainnya", "Other")


class BusinessPotential(IntegerChoices):
    NONE = 0, both("Tidak ada", "None")
    WANTS_TO_START = 1, both("Ingin memulai usaha", "Wants to start a business")
    CAN_GROW = 2, both("Usaha ada dan dapat dikembangkan", "Has a business that can grow")
    NEEDS_CAPITAL = 3, both("Usaha ada, kekurangan modal", "Has a business, lacks capital")
    NEEDS_TRAINING = 4, both("Usaha ada, perlu pelatihan", "Has a business, needs training")


class CommunityParticipation(IntegerChoices):
    NEVER = 1, both("Tidak pernah", "Never")
    SELDOM = 2, both("Jarang", "Seldom")
    OFTEN = 3, both("Sering", "Often")
    ORGANISER = 4, both("Pengurus/penggerak", "Organiser")


class PsksRole(IntegerChoices):
    """Sources of welfare among people, Permensos 8/2012."""

    PSM = 1, both("Pekerja Sosial Masyarakat", "Community social worker")
    TAGANA = 2, both("Taruna Siaga Bencana", "Disaster volunteer (Tagana)")
    KARANG_TARUNA = 3, both("Karang Taruna", "Youth organisation (Karang Taruna)")
    TKSK = 4, both("Tenaga Kesejahteraan Sosial Kecamatan", "District welfare officer (TKSK)")
    WOMAN_LEADER = 5, both("Wanita pemimpin kesejahteraan sosial", "Woman welfare leader")
    VOLUNTEER = 6, both("Penyuluh/relawan sosial", "Social educator/volunteer")
    OTHER = 7, both("Lainnya", "Other")
