"""Component 3, health data: pregnancy, nutrition, disability, illness, insurance, use of services."""

from __future__ import annotations

from typing import Any

from dtks.registration.registry import codes
from dtks.registration.registry.models.facts import Component, PersonFact
from dtks.registration.registry.models.fields import code, day, flags, measure, yes_no, yes_no_2021


def difficulty(letter: str, variable: str, label_id: str, label_en: str, rule: str) -> Any:
    return code(codes.Difficulty, f"428{letter}", variable, label_id, label_en, rule=rule)


class PersonHealth(PersonFact):
    component = Component.HEALTH

    pregnant = yes_no(
        "410", "kd_status_kehamilan", "Sedang hamil (wanita 10-54)", "Pregnant",
        rule="hanya bila 405 = 2, umur 10..54, 408 = 2..4",
    )  # fmt: skip
    child_nutrition = code(
        codes.ChildNutrition, "427", "kd_gizi_seimbang", "Kondisi gizi anak (pemeriksaan 3 bulan terakhir)",
        "Child nutrition", rule="umur <= 4",
    )  # fmt: skip
    weight_kg = measure(0.3, 400, "berat_badan", "Berat badan (kg)", "Weight (kg)")
    height_cm = measure(20, 250, "tinggi_badan", "Tinggi/panjang badan (cm)", "Height or length (cm)")
    measured_on = day("", "tanggal_pengukuran", "Tanggal pengukuran", "Measured on")
    difficulty_seeing = difficulty(
        "a", "kd_sulit_penglihatan", "Kesulitan penglihatan", "Difficulty seeing", "umur >= 2"
    )
    difficulty_hearing = difficulty(
        "b", "kd_sulit_pendengaran", "Kesulitan pendengaran", "Difficulty hearing", "umur >= 2"
    )
    difficulty_walking = difficulty(
        "c", "kd_sulit_jalan_naiktangga", "Kesulitan berjalan/naik tangga", "Difficulty walking", "umur >= 2"
    )
    difficulty_hands = difficulty(
        "d", "kd_sulit_gerak_tangan_jari", "Kesulitan menggerakkan tangan/jari", "Difficulty using hands",
        "umur >= 2",
    )  # fmt: skip
    difficulty_learning = difficulty(
        "e",
        "kd_sulit_belajar_intelektual",
        "Kesulitan belajar/intelektual",
        "Difficulty learning",
        "umur >= 2",
    )
    difficulty_emotion = difficulty(
        "f", "kd_sulit_perilaku_emosi", "Kesulitan mengendalikan perilaku/emosi",
        "Difficulty controlling behaviour or emotion", "umur >= 2",
    )  # fmt: skip
    difficulty_speaking = difficulty(
        "g", "kd_sulit_paham_bicara_kom", "Kesulitan berbicara/berkomunikasi", "Difficulty communicating",
        "umur >= 5",
    )  # fmt: skip
    difficulty_selfcare = difficulty(
        "h", "kd_sulit_mandiri", "Kesulitan mengurus diri sendiri", "Difficulty with self-care", "umur >= 5"
    )
    difficulty_memory = difficulty(
        "i", "kd_sulit_ingat_konsentrasi", "Kesulitan mengingat/berkonsentrasi", "Difficulty remembering",
        "umur >= 5",
    )  # fmt: skip
    depression = code(
        codes.DepressionFrequency, "428j", "kd_sering_sedih_depresi", "Kesedihan/depresi",
        "Sadness or depression", rule="umur >= 5",
    )  # fmt: skip
    caregiver = code(
        codes.Caregiver, "429", "kd_memiliki_perawat", "Memiliki caregiver/wali", "Has a caregiver",
        rule="umur >= 60 atau 428a–j = 1 atau 2",
    )  # fmt: skip
    chronic_illness = code(
        codes.ChronicIllness, "430", "kd_penyakit_kronis_menahun", "Keluhan kesehatan kronis/menahun",
        "Chronic illness",
    )  # fmt: skip
    disability = code(
        codes.DisabilityType, "", "cacat_id", "Jenis disabilitas menurut KK", "Disability on card"
    )
    general_health = code(
        codes.GeneralHealth, "", "kondisi_kesehatan", "Kondisi kesehatan umum", "General health"
    )
    used_health_facility = yes_no(
        "", "memanfaatkan_faskes", "Berobat ke fasilitas kesehatan dalam setahun terakhir",
        "Used a health facility in the last year",
    )  # fmt: skip
    contraception = code(codes.Contraception, "", "cara_kb_id", "Cara KB", "Contraception")
    smokes = yes_no_2021("kd_merokok_sebulan_akhir", "Merokok sebulan terakhir", "Smoked in the last month")
    fully_immunised = yes_no_2021("kd_imunasasi_lengkap", "Imunisasi lengkap", "Fully immunised")
    health_insurance = flags(
        codes.HealthInsurance, "431a", "kd_jamkes_setahun", "Jaminan kesehatan setahun terakhir",
        "Health insurance in the last year", rule="jumlah kode; 99 berdiri sendiri",
    )  # fmt: skip
