"""Component 5, potential and sources of social welfare (PSKS): skills, participation, access to services."""

from __future__ import annotations

from dtks.registration.registry import codes
from dtks.registration.registry.models.facts import Component, FamilyFact, PersonFact
from dtks.registration.registry.models.fields import code, count, yes_no


class FamilyPotential(FamilyFact):
    component = Component.POTENTIAL

    distance_market_min = count(
        1440, "", "jarak_pasar", "Waktu tempuh ke pasar (menit)", "Minutes to the market"
    )
    distance_health_min = count(
        1440,
        "",
        "jarak_faskes",
        "Waktu tempuh ke fasilitas kesehatan (menit)",
        "Minutes to a health facility",
    )
    distance_school_min = count(
        1440, "", "jarak_sekolah", "Waktu tempuh ke sekolah dasar (menit)", "Minutes to a primary school"
    )
    has_public_transport = yes_no("", "angkutan_umum", "Ada angkutan umum", "Public transport available")
    community_participation = code(
        codes.CommunityParticipation, "", "partisipasi_sosial", "Keterlibatan dalam kegiatan masyarakat",
        "Participation in the community",
    )  # fmt: skip


class PersonPotential(PersonFact):
    component = Component.POTENTIAL

    skill = code(codes.Skill, "", "keterampilan", "Keterampilan utama", "Main skill")
    business_potential = code(
        codes.BusinessPotential, "", "potensi_usaha", "Potensi usaha", "Business potential"
    )
    organisation_member = yes_no(
        "", "anggota_organisasi", "Anggota organisasi kemasyarakatan", "Member of a local organisation"
    )
    psks_role = code(codes.PsksRole, "", "peran_psks", "Peran sebagai PSKS", "Role as source of welfare")
