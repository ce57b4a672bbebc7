"""Code lists of component 3, health data (410, 427–431a); disability and family planning as in OpenSID."""

from __future__ import annotations

from django.db.models import IntegerChoices

from dtks.registration.registry.codes.bilingual import both


class ChildNutrition(IntegerChoices):
    WASTING = 1, both("Kurang Gizi (Wasting)", "Wasting")
    STUNTING = 2, both("Kerdil (Stunting)", "Stunting")
    NO_RECORD = 3, both("Tidak ada catatan", "No such record")
    UNKNOWN = 8, both("Tidak tahu", "Does not know")


class Difficulty(IntegerChoices):
    """Functional difficulty: 1 is the gravest, 4 is none."""

    CANNOT = 1, both("Ya, sama sekali tidak bisa", "Cannot at all")
    MUCH = 2, both("Ya, banyak kesulitan dan membutuhkan bantuan", "Much difficulty, needs help")
    SOME = 3, both("Ya, sedikit kesulitan, tapi tidak membutuhkan bantuan", "Some difficulty, needs no help")
    NONE = 4, both("Tidak mengalami kesulitan", "No difficulty")


class DepressionFrequency(IntegerChoices):
    VERY_OFTEN = 1, both("Sangat sering", "Very often")
    OFTEN = 2, both("Sering", "Often")
    SELDOM = 3, both("Jarang", "Seldom")
    NEVER = 4, both("Tidak pernah", "Never")


class Caregiver(IntegerChoices):
    FAMILY_MEMBER = 1, both("Ya, Anggota Keluarga", "Yes, a family member")
    NOT_FAMILY = 2, both("Ya, Bukan Anggota Keluarga", "Yes, not a family member")
    LIVES_ALONE = 3, both("Ya, Tinggal Sendiri", "Yes, lives alone")


class ChronicIllness(IntegerChoices):
    NONE = 1, both("Tidak Ada", "None")
    HYPERTENSION = 2, both("Hipertensi (darah tinggi)", "Hypertension")
    RHEUMATISM = 3, both("Rematik", "Rheumatism")
    ASTHMA = 4, both("Asma", "Asthma")
    HEART = 5, both("Masalah jantung", "Heart disease")
    DIABETES = 6, both("Diabetes (kencing manis)", "Diabetes")
    TUBERCULOSIS = 7, both("Tuberculosis (TBC)", "Tuberculosis")
    STROKE = 8, both("Stroke", "Stroke")
    CANCER = 9, both("Kanker atau tumor ganas", "Cancer")
    KIDNEY_FAILURE = 10, both("Gagal ginjal", "Kidney failure")
    HAEMOPHILIA = 11, both("Haemophilia", "Haemophilia")
    HIV = 12, both("HIV/AIDS", "HIV/AIDS")
    CHOLESTEROL = 13, both("Kolesterol", "Cholesterol")
    LIVER_CIRRHOSIS = 14, both("Sirosis Hati", "Liver cirrhosis")
    THALASSAEMIA = 15, both("Thalasemia", "Thalassaemia")
    LEUKAEMIA = 16, both("Leukimia", "Leukaemia")
    ALZHEIMER = 17, both("Alzheimer", "Alzheimer's disease")
    OTHER = 18, both("Lainnya", "Other")


class HealthInsurance(IntegerChoices):
    """Answers of 431a are summed; 99 stands alone."""

    NONE = 0, both("Tidak memiliki", "None")
    PBI_JKN = 1, both("PBI/JKN", "JKN, contribution paid by the state (PBI)")
    JKN_SELF = 2, both("JKN Mandiri", "JKN, self-paid")
    JKN_EMPLOYER = 4, both("JKN Pemberi Kerja", "JKN, through the employer")
    OTHER_INSURANCE = 8, both("Jamkes lainnya", "Other health insurance")
    OTHER = 99, both("Lainnya", "Other")


class GeneralHealth(IntegerChoices):
    GOOD = 1, both("Sehat", "Healthy")
    FAIR = 2, both("Kurang sehat", "In poor health")
    ILL = 3, both("Sakit menahun", "Long-term ill")


class DisabilityType(IntegerChoices):
    """cacat_id of civil registration and OpenSID."""

    PHYSICAL = 1, both("Cacat fisik", "Physical")
    VISUAL = 2, both("Cacat netra/buta", "Visual")
    HEARING_SPEECH = 3, both("Cacat rungu/wicara", "Hearing/speech")
    MENTAL = 4, both("Cacat mental/jiwa", "Mental")
    PHYSICAL_MENTAL = 5, both("Cacat fisik dan mental", "Physical and mental")
    OTHER = 6, both("Cacat lainnya", "Other")
    NONE = 7, both("Tidak cacat", "None")


class Contraception(IntegerChoices):
    PILL = 1, both("Pil", "Pill")
    IUD = 2, both("IUD", "IUD")
    INJECTION = 3, both("Suntik", "Injection")
    CONDOM = 4, both("Kondom", "Condom")
    IMPLANT = 5, both("Susuk KB", "Implant")
    FEMALE_STERILISATION = 6, both("Sterilisasi Wanita", "Female sterilisation")
    MALE_STERILISATION = 7, both("Sterilisasi Pria", "Male sterilisation")
    OTHER = 99, both("Lainnya", "Other")
