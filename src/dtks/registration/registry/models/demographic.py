"""Component 1, demographic data: who a person is; the family card and its address."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from dtks.foundation.vault.fields import BlindIndex
from dtks.registration.registry import codes
from dtks.registration.registry.models.facts import CURRENT, Component, FamilyFact, PersonFact
from dtks.registration.registry.models.fields import (
    PlainOrder,
    code,
    count,
    day,
    digits,
    flags,
    text,
    village,
    yes_no_2021,
)


class PersonDemographics(PersonFact):
    component = Component.DEMOGRAPHIC

    nik = digits("403", "nik", "NIK", "National identity number (NIK)")
    nik_index = BlindIndex(kind="nik", source="nik", null=True, blank=True)
    name = text(150, "402", "nama", "Nama anggota keluarga", "Name", personal=True)
    name_key = PlainOrder(max_length=150, null=True, blank=True)
    sex = code(codes.Sex, "405", "kd_jenis_kelamin", "Jenis kelamin", "Sex")
    birth_date = day("406", "tgl_lahir", "Tanggal lahir", "Date of birth")
    birth_place = text(100, "", "tempatlahir", "Tempat lahir", "Place of birth", personal=True)
    marital_status = code(
        codes.MaritalStatus, "408", "kd_stat_perkawinan", "Status perkawinan", "Marital status"
    )
    id_documents = flags(
        codes.IdDocument, "411", "kd_punya_kartuid", "Kepemilikan kartu identitas",
        "Identity documents held", rule="jumlah kode",
    )  # fmt: skip
    religion = code(codes.Religion, "", "agama_id", "Agama", "Religion")
    citizenship = code(codes.Citizenship, "", "warganegara_id", "Kewarganegaraan", "Citizenship")
    occupation = code(codes.Occupation, "", "pekerjaan_id", "Pekerjaan menurut KK", "Occupation on the card")
    blood_type = code(codes.BloodType, "", "golongan_darah_id", "Golongan darah", "Blood type")
    status = code(codes.VitalStatus, "", "status_dasar", "Status dasar penduduk", "Vital status")
    deceased_on = day("", "tanggal_meninggal", "Tanggal meninggal", "Date of death")
    has_death_certificate = yes_no_2021(
        "kd_punya_akta_meniggal", "Punya akta kematian", "Has a death certificate"
    )
    has_marriage_certificate = yes_no_2021(
        "kd_punya_aktanikah_cerai", "Punya akta nikah/cerai", "Has a marriage or divorce certificate"
    )
    ethnicity = text(60, "", "suku", "Suku", "Ethnic group", personal=True)
    mother_name = text(150, "", "nama_ibu", "Nama ibu kandung", "Mother's name", sealed=True)
    father_name = text(150, "", "nama_ayah", "Nama ayah", "Father's name", personal=True)
    mother_nik = digits("", "ibu_nik", "NIK ibu", "Mother's NIK")
    father_nik = digits("", "ayah_nik", "NIK ayah", "Father's NIK")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["nik_index"],
                condition=CURRENT & Q(nik_index__isnull=False),
                name="persondemographics_one_nik",
            ),
            models.CheckConstraint(
                condition=Q(deceased_on__isnull=True) | Q(deceased_on__gte=F("birth_date")),
                name="persondemographics_death_after_birth",
            ),
        )
        indexes = (models.Index(fields=["name_key"], condition=CURRENT, name="persondemographics_name_key"),)


class FamilyCard(FamilyFact):
    """The family card (KK) and the address on it. Where the family really lives is in `Domicile`."""

    component = Component.DEMOGRAPHIC

    kk_number = digits("114", "no_kk", "Nomor Kartu Keluarga", "Family card number")
    kk_index = BlindIndex(kind="kk", source="kk_number", null=True, blank=True)
    kk_code = code(codes.KkCode, "115", "kd_kk", "Kode Kartu Keluarga", "Family card code")
    village = village("104", "kode_desa", "Desa/Kelurahan", "Village", rule="101–104; kode Kemendagri")
    address = text(200, "107", "alamat", "Alamat (jalan/gang/nomor rumah)", "Address", personal=True)
    hamlet = text(80, "", "dusun", "Dusun/lingkungan", "Hamlet", personal=True)
    rt = text(5, "", "rt", "RT", "RT (neighbourhood)", personal=True)
    rw = text(5, "", "rw", "RW", "RW (group of neighbourhoods)", personal=True)
    sls_code = text(4, "105", "kode_sls_non_sls", "Kode SLS/Non SLS", "Smallest local unit (SLS) code")
    sub_sls_code = text(2, "105a", "kode_sub_sls", "Kode Sub SLS", "Sub-SLS code")
    sls_name = text(100, "106", "nama_sls_non_sls", "Nama SLS/Non SLS", "SLS name", personal=True)
    building_no = count(
        999, "109", "no_urut_bangunan_tinggal", "No. urut bangunan tempat tinggal", "Building number"
    )
    family_no = count(
        999, "110", "no_urut_keluarga_verif", "No. urut keluarga hasil verifikasi", "Family number"
    )
    family_status = text(
        1,
        "111",
        "status_keluarga",
        "Status keluarga",
        "Family status",
        rule="satu huruf; arti tidak diterbitkan",
    )
    landmark_id = text(6, "113", "kode_landmark_wilkerstat", "ID landmark wilkerstat", "BPS landmark id")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["kk_index"], condition=CURRENT & Q(kk_index__isnull=False), name="familycard_one_kk"
            ),
        )
        indexes = (models.Index(fields=["village", "family"], condition=CURRENT, name="familycard_village"),)
