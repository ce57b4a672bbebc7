"""Code lists of component 1, demographic data (Regsosek 2022.K; OpenSID population workbook)."""

from __future__ import annotations

from django.db.models import IntegerChoices

from dtks.registration.registry.codes.bilingual import both


class YesNo(IntegerChoices):
    YES = 1, both("Ya", "Yes")
    NO = 2, both("Tidak", "No")


class YesNoUnknown(IntegerChoices):
    YES = 1, both("Ya", "Yes")
    NO = 2, both("Tidak", "No")
    UNKNOWN = 8, both("Tidak tahu", "Does not know")


class KkCode(IntegerChoices):
    AS_CARD = 0, both("KK Sesuai", "Family card matches")
    MAIN_FAMILY = 1, both("Keluarga Induk", "Main family")
    SPLIT_FAMILY = 2, both("Keluarga pecahan", "Family split off")


class VisitResult(IntegerChoices):
    COMPLETE = 1, both("Terisi lengkap", "Complete")
    INCOMPLETE = 2, both("Terisi tidak lengkap", "Incomplete")
    NO_RESPONDENT = (
        3,
        both(
            "Tidak ada responden yang dapat memberi jawaban sampai akhir masa pendataan",
            "No respondent able to answer until the end of the enumeration",
        ),
    )
    REFUSED = 4, both("Responden menolak", "Respondent refused")
    MOVED_OR_GONE = (
        5,
        both("Keluarga pindah/bangunan sensus sudah tidak ada", "Family moved/building no longer exists"),
    )


class Presence(IntegerChoices):
    WITH_FAMILY = 1, both("Tinggal bersama keluarga", "Lives with the family")
    DECEASED = 2, both("Meninggal", "Deceased")
    MOVED_WITHIN_COUNTRY = (
        3,
        both(
            "Tidak tinggal bersama keluarga/pindah ke wilayah (daerah) lain di Indonesia",
            "Moved elsewhere in Indonesia",
        ),
    )
    MOVED_ABROAD = 4, both("Tidak tinggal bersama keluarga/pindah ke luar negeri", "Moved abroad")
    NEW_MEMBER = 5, both("Anggota Keluarga baru", "New member of the family")
    NOT_FOUND = 6, both("Tidak ditemukan", "Not found")


class Sex(IntegerChoices):
    MALE = 1, both("Laki-laki", "Male")
    FEMALE = 2, both("Perempuan", "Female")


class MaritalStatus(IntegerChoices):
    NEVER_MARRIED = 1, both("Belum kawin", "Never married")
    MARRIED = 2, both("Kawin/nikah", "Married")
    DIVORCED = 3, both("Cerai hidup", "Divorced")
    WIDOWED = 4, both("Cerai mati", "Widowed")


class FamilyRelation(IntegerChoices):
    HEAD = 1, both("Kepala keluarga", "Head of family")
    SPOUSE = 2, both("Istri/suami", "Spouse")
    CHILD = 3, both("Anak", "Child")
    CHILD_IN_LAW = 4, both("Menantu", "Son/daughter-in-law")
    GRANDCHILD = 5, both("Cucu", "Grandchild")
    PARENT = 6, both("Orang tua/mertua", "Parent/parent-in-law")
    SERVANT = 7, both("Pembantu/sopir", "Servant/driver")
    OTHER = 8, both("Lainnya", "Other")


class IdDocument(IntegerChoices):
    """Answers of 411 are summed: 5 is a birth certificate and a KTP."""

    NONE = 0, both("Tidak memiliki", "None")
    BIRTH_CERTIFICATE = 1, both("Akta Kelahiran", "Birth certificate")
    CHILD_CARD = 2, both("KIA", "Child identity card")
    KTP = 4, both("KTP", "Identity card (KTP)")


class Religion(IntegerChoices):
    ISLAM = 1, both("Islam", "Islam")
    PROTESTANT = 2, both("Kristen", "Protestant")
    CATHOLIC = 3, both("Katholik", "Catholic")
    HINDU = 4, both("Hindu", "Hindu")
    BUDDHIST = 5, both("Buddha", "Buddhist")
    CONFUCIAN = 6, both("Khonghucu", "Confucian")
    OTHER = 7, both("Kepercayaan Terhadap Tuhan YME / Lainnya", "Other belief")


class Citizenship(IntegerChoices):
    INDONESIAN = 1, both("WNI", "Indonesian")
    FOREIGN = 2, both("WNA", "Foreign")
    DUAL = 3, both("Dua kewarganegaraan", "Dual")


class BloodType(IntegerChoices):
    A = 1, "A"
    B = 2, "B"
    AB = 3, "AB"
    O = 4, "O"  # noqa: E741  the blood group is called that
    A_POSITIVE = 5, "A+"
    A_NEGATIVE = 6, "A-"
    B_POSITIVE = 7, "B+"
    B_NEGATIVE = 8, "B-"
    AB_POSITIVE = 9, "AB+"
    AB_NEGATIVE = 10, "AB-"
    O_POSITIVE = 11, "O+"
    O_NEGATIVE = 12, "O-"
    UNKNOWN = 13, both("Tidak tahu", "Unknown")


class VitalStatus(IntegerChoices):
    ALIVE = 1, both("Hidup", "Alive")
    DECEASED = 2, both("Meninggal", "Deceased")
    MOVED = 3, both("Pindah", "Moved")
    MISSING = 4, both("Hilang", "Missing")
    AWAY = 6, both("Pergi", "Gone away")
    INVALID = 9, both("Tidak valid", "Not valid")
