"""Code lists of component 6, special data: the PPKS groups of Permensos 8/2012 and special conditions."""

from __future__ import annotations

from django.db.models import IntegerChoices

from dtks.registration.registry.codes.bilingual import both


class PpksGroup(IntegerChoices):
    """Pemerlu Pelayanan Kesejahteraan Sosial, numbered as in the annex of Permensos 8/2012."""

    NEGLECTED_INFANT = 1, both("Anak balita telantar", "Neglected infant")
    NEGLECTED_CHILD = 2, both("Anak telantar", "Neglected child")
    CHILD_AND_LAW = 3, both("Anak yang berhadapan dengan hukum", "Child in conflict with the law")
    STREET_CHILD = 4, both("Anak jalanan", "Street child")
    DISABLED_CHILD = 5, both("Anak dengan kedisabilitasan", "Child with a disability")
    ABUSED_CHILD = 6, both("Anak korban kekerasan", "Child victim of violence")
    CHILD_NEEDING_PROTECTION = (
        7,
        both("Anak yang memerlukan perlindungan khusus", "Child in need of special protection"),
    )
    NEGLECTED_ELDERLY = 8, both("Lanjut usia telantar", "Neglected elderly person")
    DISABLED = 9, both("Penyandang disabilitas", "Person with a disability")
    SEX_WORKER = 10, both("Tuna susila", "Sex worker")
    HOMELESS = 11, both("Gelandangan", "Homeless person")
    BEGGAR = 12, both("Pengemis", "Beggar")
    SCAVENGER = 13, both("Pemulung", "Scavenger")
    MINORITY = 14, both("Kelompok minoritas", "Minority group")
    FORMER_PRISONER = 15, both("Bekas warga binaan lembaga pemasyarakatan", "Former prisoner")
    HIV = 16, both("Orang dengan HIV/AIDS", "Person with HIV/AIDS")
    DRUG_VICTIM = 17, both("Korban penyalahgunaan NAPZA", "Victim of drug abuse")
    TRAFFICKING_VICTIM = 18, both("Korban perdagangan orang", "Victim of trafficking")
    VIOLENCE_VICTIM = 19, both("Korban tindak kekerasan", "Victim of violence")
    MIGRANT_WORKER = 20, both("Pekerja migran bermasalah sosial", "Migrant worker with social problems")
    NATURAL_DISASTER_VICTIM = 21, both("Korban bencana alam", "Victim of a natural disaster")
    SOCIAL_DISASTER_VICTIM = 22, both("Korban bencana sosial", "Victim of a social disaster")
    VULNERABLE_WOMAN = 23, both("Perempuan rawan sosial ekonomi", "Socio-economically vulnerable woman")
    POOR = 24, both("Fakir miskin", "Poor person")
    TROUBLED_FAMILY = 25, both("Keluarga bermasalah sosial psikologis", "Family with psychosocial problems")
    REMOTE_ADAT_COMMUNITY = 26, both("Komunitas adat terpencil", "Remote adat community")


class SpecialCondition(IntegerChoices):
    DISASTER_VICTIM = 1, both("Korban bencana", "Disaster victim")
    DISPLACED = 2, both("Pengungsi", "Displaced person")
    FORMER_PRISONER = 3, both("Eks narapidana", "Former prisoner")
    VIOLENCE_VICTIM = 4, both("Korban kekerasan/eksploitasi", "Victim of violence/exploitation")
    RECOVERING_ADDICT = 5, both("Eks pecandu NAPZA", "Recovering addict")
    RETURNED_MIGRANT = 6, both("Pekerja migran dipulangkan", "Returned migrant worker")
    MARGINAL = 7, both("Kelompok marginal lainnya", "Other marginal group")


class OrphanStatus(IntegerChoices):
    NOT_ORPHAN = 0, both("Bukan yatim/piatu", "Not an orphan")
    FATHER_DEAD = 1, both("Yatim", "Father dead")
    MOTHER_DEAD = 2, both("Piatu", "Mother dead")
    BOTH_DEAD = 3, both("Yatim piatu", "Both parents dead")
