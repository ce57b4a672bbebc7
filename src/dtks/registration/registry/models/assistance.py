"""Component 4, social assistance: what was received, what is asked for, and the history of payments."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q

from dtks.foundation.scope.models import Scoped
from dtks.registration.registry import codes
from dtks.registration.registry.models.facts import Component, FamilyFact, PersonFact
from dtks.registration.registry.models.fields import code, count, flags, text, yes_no, yes_no_2021


def month(no: str, variable: str, label_id: str, label_en: str) -> Any:
    return count(12, no, variable, label_id, label_en, minimum=1, rule="bulan terakhir menerima")


def year(no: str, variable: str, label_id: str, label_en: str) -> Any:
    return count(2100, no, variable, label_id, label_en, minimum=1990, rule="tahun terakhir menerima")


class FamilyAssistance(FamilyFact):
    """Programmes received in the last year, and when last (501a–501g)."""

    component = Component.ASSISTANCE

    got_sembako = yes_no("501a", "kd_bss_bnpt", "Program Sembako/BPNT (1 tahun terakhir)", "Sembako/BPNT")
    sembako_month = month("501a_bln", "bulan_bss_bnpt", "Sembako/BPNT - bulan", "Sembako/BPNT, month")
    sembako_year = year("501a_thn", "tahun_bss_bnpt", "Sembako/BPNT - tahun", "Sembako/BPNT, year")
    got_pkh = yes_no("501b", "kd_pkh", "Program Keluarga Harapan (1 tahun terakhir)", "PKH")
    pkh_month = month("501b_bln", "bulan_pkh", "PKH - bulan", "PKH, month")
    pkh_year = year("501b_thn", "tahun_pkh", "PKH - tahun", "PKH, year")
    got_blt_dd = yes_no("501c", "kd_blt_dana_desa", "BLT Dana Desa (1 tahun terakhir)", "BLT Dana Desa")
    blt_dd_month = month("501c_bln", "bulan_blt_dana_desa", "BLT Dana Desa - bulan", "BLT Dana Desa, month")
    blt_dd_year = year("501c_thn", "tahun_blt_dana_desa", "BLT Dana Desa - tahun", "BLT Dana Desa, year")
    got_electricity_subsidy = yes_no(
        "501d", "kd_subsidi_listrik", "Subsidi listrik (1 tahun terakhir)", "Electricity subsidy"
    )
    electricity_subsidy_month = month(
        "501d_bln", "bulan_subsidi_listrik", "Subsidi listrik - bulan", "Electricity subsidy, month"
    )
    electricity_subsidy_year = year(
        "501d_thn", "tahun_subsidi_listrik", "Subsidi listrik - tahun", "Electricity subsidy, year"
    )
    got_local_aid = yes_no(
        "501e", "kd_bantuan_pemda", "Bantuan pemerintah daerah (1 tahun terakhir)", "Local-government aid"
    )
    local_aid_month = month("501e_bln", "bulan_bantuan_pemda", "Bantuan pemda - bulan", "Local aid, month")
    local_aid_year = year("501e_thn", "tahun_bantuan_pemda", "Bantuan pemda - tahun", "Local aid, year")
    got_fertiliser_subsidy = yes_no(
        "501f", "kd_subsidi_pupuk", "Subsidi pupuk (1 tahun terakhir)", "Fertiliser subsidy"
    )
    fertiliser_subsidy_month = month(
        "501f_bln", "bulan_subsidi_pupuk", "Subsidi pupuk - bulan", "Fertiliser subsidy, month"
    )
    fertiliser_subsidy_year = year(
        "501f_thn", "tahun_subsidi_pupuk", "Subsidi pupuk - tahun", "Fertiliser subsidy, year"
    )
    got_lpg_subsidy = yes_no("501g", "kd_subsidi_lpg", "Subsidi LPG (1 tahun terakhir)", "LPG subsidy")
    lpg_subsidy_month = month("501g_bln", "bulan_subsidi_lpg", "Subsidi LPG - bulan", "LPG subsidy, month")
    lpg_subsidy_year = year("501g_thn", "tahun_subsidi_lpg", "Subsidi LPG - tahun", "LPG subsidy, year")
    got_bst = yes_no_2021("kd_bst_covid19", "Bantuan Sosial Tunai COVID-19", "Covid-19 cash aid (BST)")
    got_province_aid = yes_no_2021("kd_bantuan_pemprov", "Bantuan pemerintah provinsi", "Provincial aid")
    got_regency_aid = yes_no_2021("kd_bantuan_pemkabkot", "Bantuan pemerintah kabupaten/kota", "Regency aid")
    got_village_aid = yes_no_2021("kd_bantuan_pemdes", "Bantuan pemerintah desa", "Village aid")
    got_community_aid = yes_no_2021("kd_bantuan_masyarakat", "Bantuan masyarakat", "Aid of the community")


class AssistancePreference(FamilyFact):
    """The help that a family asks for, in order."""

    component = Component.ASSISTANCE

    preferred_first = code(
        codes.AssistanceKind, "", "preferensi_1", "Bantuan yang paling dibutuhkan", "Help most needed"
    )
    preferred_second = code(
        codes.AssistanceKind, "", "preferensi_2", "Bantuan yang dibutuhkan, kedua", "Help needed, second"
    )
    preferred_third = code(
        codes.AssistanceKind, "", "preferensi_3", "Bantuan yang dibutuhkan, ketiga", "Help needed, third"
    )
    preference_note = text(
        200, "", "preferensi_catatan", "Catatan kebutuhan", "Note on what is needed", sealed=True
    )


class PersonAssistance(PersonFact):
    """Programmes and insurance of one person (431b–431f)."""

    component = Component.ASSISTANCE

    in_prakerja = code(
        codes.YesNoUnknown, "431b", "kd_ikut_prakerja", "Ikut Prakerja", "In Prakerja", rule="umur >= 5"
    )
    in_kur = code(
        codes.YesNoUnknown, "431c", "kd_ikut_kur", "Ikut Kredit Usaha Rakyat", "Has KUR credit",
        rule="umur >= 5",
    )  # fmt: skip
    in_umi = code(
        codes.YesNoUnknown, "431d", "kd_ikut_umi", "Ikut Ultra Mikro", "Has UMi credit", rule="umur >= 5"
    )
    in_pip = code(
        codes.YesNoUnknown, "431e", "kd_ikut_pip", "Ikut Program Indonesia Pintar", "In PIP/KIP",
        rule="umur 5..30",
    )  # fmt: skip
    work_insurance = flags(
        codes.WorkInsurance, "431f", "jumlah_jamket_kerja", "Jaminan ketenagakerjaan",
        "Employment insurance", rule="umur >= 15; jumlah kode; 99 berdiri sendiri",
    )  # fmt: skip
    got_central_aid = yes_no_2021("kd_bantuan_pempus", "Bantuan pemerintah pusat", "Central-government aid")
    got_city_aid = yes_no_2021("kd_bantuan_pemkot", "Bantuan pemerintah kota", "City-government aid")


class AssistanceHistory(Scoped):
    """One payment or delivery to a family: programme, period and amount. Corrected by superseding."""

    family = models.ForeignKey("registry.Family", models.PROTECT, related_name="+", db_index=False)
    person = models.ForeignKey(
        "registry.Person", models.PROTECT, related_name="+", db_index=False, null=True, blank=True
    )
    province = models.SmallIntegerField()
    programme = models.CharField(max_length=40)
    period = models.CharField(max_length=7)
    amount = models.BigIntegerField(null=True, blank=True)
    channel = models.CharField(max_length=40, blank=True, default="")
    recorded_at = models.DateTimeField()
    superseded_at = models.DateTimeField(null=True, blank=True)
    source = models.CharField(max_length=40)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["family", "programme", "period"],
                condition=Q(superseded_at__isnull=True),
                name="assistancehistory_one_per_period",
            ),
            models.CheckConstraint(
                condition=Q(amount__isnull=True) | Q(amount__gte=0), name="assistancehistory_amount_valid"
            ),
        )
