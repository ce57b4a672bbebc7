"""Code lists of component 4, social assistance (431f; history and preference)."""

from __future__ import annotations

from django.db.models import IntegerChoices

from dtks.registration.registry.codes.bilingual import both


class WorkInsurance(IntegerChoices):
    """Answers of 431f are summed; 99 stands alone."""

    NONE = 0, both("Tidak memiliki", "None")
    ACCIDENT = 1, both("BPJS Jaminan Kecelakaan Kerja", "Work accident (BPJS)")
    DEATH = 2, both("BPJS Jaminan Kematian", "Death (BPJS)")
    OLD_AGE = 4, both("BPJS Jaminan Hari Tua", "Old age (BPJS)")
    PENSION = 8, both("BPJS Jaminan Pensiun", "Pension (BPJS)")
    OTHER_PENSION = (
        16,
        both(
            "Pensiunan/Jaminan hari tua lainnya (Taspen/Program Pensiun Swasta)",
            "Other pension (Taspen, private)",
        ),
    )
    UNKNOWN = 99, both("Tidak tahu", "Does not know")


class AssistanceKind(IntegerChoices):
    """Kinds of help that a family may ask for."""

    CASH = 1, both("Uang tunai", "Cash")
    FOOD = 2, both("Bahan pangan", "Food")
    HEALTH_INSURANCE = 3, both("Jaminan kesehatan (PBI)", "Health insurance (PBI)")
    EDUCATION = 4, both("Bantuan pendidikan", "Education grant")
    HOUSING = 5, both("Perbaikan rumah", "House repair")
    BUSINESS_CAPITAL = 6, both("Modal usaha", "Business capital")
    SKILLS_TRAINING = 7, both("Pelatihan keterampilan", "Skills training")
    ASSISTIVE_DEVICE = 8, both("Alat bantu disabilitas", "Assistive device")
    CARE_SERVICE = 9, both("Layanan perawatan/rehabilitasi sosial", "Care/social rehabilitation")
    OTHER = 10, both("Lainnya", "Other")
