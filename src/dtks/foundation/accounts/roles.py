"""The one table of permissions, duties and roles. docs/reference/permissions.md is made from it
(`permissions_page`).

A role is a set of permissions, for an area of a certain level (or for one programme). Who holds it, where
and until when is a *grant* (`models.Grant`). Duties are what must be kept apart: `INCOMPATIBLE` names the
pairs.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum

from dtks.foundation.ledger.domain import CITIZEN_ROLE


class Permission(StrEnum):
    """What somebody may do. Every page, command, job and API operation names the one it needs."""

    OWN_READ = "own.read"
    OWN_PROPOSE = "own.propose"
    SUMMARY = "summary.read"
    FAMILY_READ = "family.read"
    FAMILY_EXPORT = "family.export"
    NUMBER_SHOW = "number.show"
    CONTACT_SHOW = "contact.show"
    HEALTH_READ = "health.read"
    POINT_READ = "point.read"
    IMPORT = "import.run"
    MAPPING = "mapping.manage"
    PROPOSE = "case.propose"
    CHECK = "case.check"
    VISIT = "case.visit"
    DELIBERATE = "case.deliberate"
    VERIFY = "case.verify"
    MERGE = "record.merge"
    CONFIRM_IDENTITY = "identity.confirm"
    CONFIRM_SECTOR = "sector.confirm"
    APPROVE = "case.approve"
    COMPILE = "case.compile"
    ANALYSE = "determination.analyse"
    DETERMINE = "determination.sign"
    PROGRAMME = "programme.manage"
    PAYMENT_PREPARE = "payment.prepare"
    PAYMENT_RELEASE = "payment.release"
    PAYMENT_REPORT = "payment.report"
    LEDGER_READ = "ledger.read"
    ACCOUNT_MANAGE = "account.manage"
    ACCOUNT_REVIEW = "account.review"
    DELEGATE = "role.delegate"
    CITIZEN_HELP = "citizen.help"
    CONSENT_TAKE = "consent.take"
    PRIVACY = "privacy.manage"
    EXTRACT = "research.extract"
    SYSTEM = "system.configure"


PERMISSION_TEXTS: dict[Permission, tuple[str, str]] = {
    Permission.OWN_READ: ("Melihat data keluarga sendiri", "See one's own family's data"),
    Permission.OWN_PROPOSE: (
        "Mengusulkan atau menyanggah bagi keluarga sendiri",
        "Propose or object for one's own family",
    ),
    Permission.SUMMARY: ("Melihat rekapitulasi wilayah", "See totals of the area"),
    Permission.FAMILY_READ: ("Membuka data keluarga dan anggotanya", "Open families and their members"),
    Permission.FAMILY_EXPORT: ("Mengunduh daftar keluarga", "Download lists of families"),
    Permission.NUMBER_SHOW: ("Membuka NIK dan nomor KK utuh", "Show NIK and KK numbers in full"),
    Permission.CONTACT_SHOW: ("Membuka telepon, surel, rekening", "Show phone, e-mail, account number"),
    Permission.HEALTH_READ: (
        "Melihat jawaban kesehatan dan disabilitas",
        "See health and disability answers",
    ),
    Permission.POINT_READ: ("Melihat titik rumah yang tepat", "See the exact point of a house"),
    Permission.IMPORT: ("Mengimpor berkas", "Import files"),
    Permission.MAPPING: ("Mengelola pemetaan kolom", "Manage column mappings"),
    Permission.PROPOSE: ("Mengusulkan keluarga atau perubahan", "Propose families or changes"),
    Permission.CHECK: ("Memeriksa usulan di desa", "Check proposals in the village"),
    Permission.VISIT: ("Mendata di lapangan", "Collect data in the field"),
    Permission.DELIBERATE: ("Memutuskan dalam musdes/muskel", "Decide in the village meeting"),
    Permission.VERIFY: ("Memverifikasi dan memvalidasi", "Verify and validate"),
    Permission.MERGE: ("Menggabungkan dan memisahkan data ganda", "Merge and un-merge duplicate records"),
    Permission.CONFIRM_IDENTITY: ("Memadankan identitas", "Match identities"),
    Permission.CONFIRM_SECTOR: ("Mengonfirmasi data sektor", "Confirm data of one's sector"),
    Permission.APPROVE: ("Mengesahkan usulan kabupaten/kota", "Approve the regency's proposals"),
    Permission.COMPILE: ("Menghimpun usulan provinsi", "Compile the province's proposals"),
    Permission.ANALYSE: ("Menganalisis dan menyiapkan penetapan", "Analyse and prepare determinations"),
    Permission.DETERMINE: ("Menetapkan daftar penerima", "Determine the list of recipients"),
    Permission.PROGRAMME: ("Mengelola aturan program", "Manage a programme's rules"),
    Permission.PAYMENT_PREPARE: ("Menyiapkan pembayaran", "Prepare payments"),
    Permission.PAYMENT_RELEASE: ("Melepas pembayaran", "Release payments"),
    Permission.PAYMENT_REPORT: ("Melaporkan hasil penyaluran", "Report what was paid out"),
    Permission.LEDGER_READ: ("Membaca jejak audit", "Read the audit trail"),
    Permission.ACCOUNT_MANAGE: ("Mengelola akun petugas", "Manage officers' accounts"),
    Permission.ACCOUNT_REVIEW: ("Meninjau akses tahunan", "Do the yearly access review"),
    Permission.DELEGATE: ("Melimpahkan peran sementara", "Delegate one's role for a time"),
    Permission.CITIZEN_HELP: (
        "Melepas kontak dan menutup akun warga di tempat",
        "Release citizens' contacts and close their accounts at the office",
    ),
    Permission.CONSENT_TAKE: (
        "Mencatat persetujuan dan pencabutannya",
        "Write down consents and their withdrawal",
    ),
    Permission.PRIVACY: ("Mengelola pelindungan data pribadi", "Manage personal data protection"),
    Permission.EXTRACT: ("Memakai cuplikan data penelitian", "Use research extracts"),
    Permission.SYSTEM: ("Mengatur sistem", "Configure the system"),
}


class Duty(StrEnum):
    """What a permission makes somebody answerable for."""

    PROPOSE = "propose"
    VERIFY = "verify"
    APPROVE = "approve"
    DETERMINE = "determine"
    PAY = "pay"
    AUDIT = "audit"
    ADMINISTER = "administer"


DUTIES: dict[Permission, Duty] = {
    Permission.OWN_PROPOSE: Duty.PROPOSE,
    Permission.PROPOSE: Duty.PROPOSE,
    Permission.VERIFY: Duty.VERIFY,
    Permission.APPROVE: Duty.APPROVE,
    Permission.DETERMINE: Duty.DETERMINE,
    Permission.PAYMENT_PREPARE: Duty.PAY,
    Permission.PAYMENT_RELEASE: Duty.PAY,
    Permission.PAYMENT_REPORT: Duty.PAY,
    Permission.LEDGER_READ: Duty.AUDIT,
    Permission.ACCOUNT_MANAGE: Duty.ADMINISTER,
    Permission.SYSTEM: Duty.ADMINISTER,
}

INCOMPATIBLE: frozenset[frozenset[Duty]] = frozenset(
    frozenset(pair)
    for pair in (
        (Duty.PROPOSE, Duty.VERIFY),
        (Duty.PROPOSE, Duty.APPROVE),
        (Duty.PROPOSE, Duty.DETERMINE),
        (Duty.VERIFY, Duty.APPROVE),
        (Duty.DETERMINE, Duty.PAY),
        (Duty.APPROVE, Duty.PAY),
        (Duty.AUDIT, Duty.PROPOSE),
        (Duty.AUDIT, Duty.VERIFY),
        (Duty.AUDIT, Duty.APPROVE),
        (Duty.AUDIT, Duty.DETERMINE),
        (Duty.AUDIT, Duty.PAY),
        (Duty.ADMINISTER, Duty.APPROVE),
        (Duty.ADMINISTER, Duty.DETERMINE),
        (Duty.ADMINISTER, Duty.PAY),
    )
)
"""Duties that must not meet in one person for the same case. A citizen's proposal for the own family counts:
an officer may make one, and then has no part in that case."""

FOUR_EYES: frozenset[frozenset[Permission]] = frozenset(
    frozenset(pair)
    for pair in (
        (Permission.PROPOSE, Permission.CHECK),
        (Permission.PROPOSE, Permission.DELIBERATE),
        (Permission.PAYMENT_PREPARE, Permission.PAYMENT_RELEASE),
    )
)
"""Steps that one role may hold, since a small office has few hands, but that one person does not both take in
the same case (the same payment list)."""


class Reach(IntEnum):
    """The level of area that a role is given for: the depth of its code, 0 the whole country."""

    NATION = 0
    PROVINCE = 1
    REGENCY = 2
    DISTRICT = 3
    VILLAGE = 4


REACH_TEXTS: dict[Reach, tuple[str, str]] = {
    Reach.NATION: ("nasional", "the whole country"),
    Reach.PROVINCE: ("provinsi", "province"),
    Reach.REGENCY: ("kabupaten/kota", "regency or city"),
    Reach.DISTRICT: ("kecamatan", "district"),
    Reach.VILLAGE: ("desa/kelurahan", "village"),
}


@dataclass(frozen=True, slots=True)
class Role:
    """A named set of permissions for an area of one of the levels ``reaches``, or (``by_programme``) for a
    programme in it; without a programme such a role is for all of them.

    ``minutes_idle``: after so long without a click the session locks. ``granted_by``: roles whose holders may
    give and end it, inside their own area; each of them has ACCOUNT_MANAGE. Nobody gives the citizen's role:
    it comes with the citizen's own sign-in.
    """

    id: str
    name_id: str
    name_en: str
    permissions: frozenset[Permission]
    reaches: tuple[Reach, ...]
    granted_by: tuple[str, ...] = ()
    by_programme: bool = False
    minutes_idle: int = 15

    @property
    def duties(self) -> frozenset[Duty]:
        """What its holder answers for."""
        return frozenset(DUTIES[each] for each in self.permissions if each in DUTIES)


P = Permission
_REGENCY = (Reach.REGENCY,)
_VILLAGE = (Reach.VILLAGE,)
_NATION = (Reach.NATION,)
_LOCAL_ADMIN = ("administrator", "admin-daerah")

_TABLE: tuple[Role, ...] = (
    Role(CITIZEN_ROLE, "Warga", "Citizen", frozenset({P.OWN_READ, P.OWN_PROPOSE}), _VILLAGE),
    Role(
        "rt-rw", "Ketua RT/RW", "RT/RW head", frozenset({P.PROPOSE}), _VILLAGE, _LOCAL_ADMIN, minutes_idle=10
    ),
    Role(
        "operator-desa", "Operator desa/kelurahan", "Village operator",
        frozenset({P.SUMMARY, P.FAMILY_READ, P.FAMILY_EXPORT, P.NUMBER_SHOW, P.CONTACT_SHOW, P.IMPORT,
                   P.MAPPING, P.PROPOSE, P.CHECK, P.CITIZEN_HELP, P.CONSENT_TAKE}),
        _VILLAGE, _LOCAL_ADMIN, minutes_idle=10,
    ),
    Role(
        "kepala-desa", "Kepala desa/lurah", "Village head",
        frozenset({P.SUMMARY, P.FAMILY_READ, P.CHECK, P.DELIBERATE, P.DELEGATE}), _VILLAGE, _LOCAL_ADMIN,
    ),
    Role(
        "kecamatan", "Petugas kecamatan", "District (kecamatan) officer",
        frozenset({P.SUMMARY, P.FAMILY_READ, P.IMPORT, P.CHECK, P.DELEGATE}), (Reach.DISTRICT,),
        _LOCAL_ADMIN,
    ),
    Role(
        "pendata", "Pendata lapangan", "Enumerator",
        frozenset({P.FAMILY_READ, P.HEALTH_READ, P.POINT_READ, P.VISIT, P.CONSENT_TAKE}),
        (Reach.VILLAGE, Reach.DISTRICT), _LOCAL_ADMIN,
    ),
    Role(
        "lks", "Lembaga Kesejahteraan Sosial (LKS)", "Welfare institution (LKS)",
        frozenset({P.PROPOSE}), (Reach.REGENCY, Reach.DISTRICT, Reach.VILLAGE), _LOCAL_ADMIN,
    ),
    Role(
        "dinsos-verifikator", "Verifikator Dinas Sosial", "Dinas Sosial verifier",
        frozenset({P.SUMMARY, P.FAMILY_READ, P.NUMBER_SHOW, P.CONTACT_SHOW, P.HEALTH_READ, P.POINT_READ,
                   P.VERIFY, P.CONSENT_TAKE}),
        (Reach.REGENCY, Reach.DISTRICT), _LOCAL_ADMIN,
    ),
    Role(
        "dinsos-supervisor", "Supervisor Dinas Sosial", "Dinas Sosial supervisor",
        frozenset({P.SUMMARY, P.FAMILY_READ, P.FAMILY_EXPORT, P.NUMBER_SHOW, P.CONTACT_SHOW, P.HEALTH_READ,
                   P.POINT_READ, P.IMPORT, P.MAPPING, P.VERIFY, P.MERGE, P.DELEGATE, P.CITIZEN_HELP,
                   P.CONSENT_TAKE}),
        _REGENCY, _LOCAL_ADMIN,
    ),
    Role(
        "dinsos-kepala", "Kepala Dinas Sosial", "Head of Dinas Sosial",
        frozenset({P.SUMMARY, P.FAMILY_READ, P.FAMILY_EXPORT, P.VERIFY, P.DELEGATE, P.ACCOUNT_REVIEW}),
        _REGENCY, _LOCAL_ADMIN,
    ),
    Role(
        "bupati", "Bupati/wali kota", "Regent/mayor",
        frozenset({P.SUMMARY, P.FAMILY_READ, P.APPROVE, P.DELEGATE}), _REGENCY, ("administrator",),
    ),
    Role(
        "provinsi", "Dinas Sosial provinsi", "Province",
        frozenset({P.SUMMARY, P.FAMILY_READ, P.FAMILY_EXPORT, P.COMPILE, P.DELEGATE}), (Reach.PROVINCE,),
        ("administrator",),
    ),
    Role(
        "kemensos-analis", "Analis Kementerian", "Ministry analyst",
        frozenset({P.SUMMARY, P.FAMILY_READ, P.FAMILY_EXPORT, P.HEALTH_READ, P.ANALYSE, P.MAPPING}), _NATION,
        ("administrator",),
    ),
    Role(
        "kemensos-program", "Pengelola program", "Ministry programme manager",
        frozenset({P.SUMMARY, P.FAMILY_READ, P.FAMILY_EXPORT, P.PROGRAMME}), _NATION, ("administrator",),
        by_programme=True,
    ),
    Role(
        "kemensos-bayar", "Petugas pembayaran", "Ministry payment officer",
        frozenset({P.SUMMARY, P.NUMBER_SHOW, P.CONTACT_SHOW, P.PAYMENT_PREPARE, P.PAYMENT_RELEASE}), _NATION,
        ("administrator",), by_programme=True,
    ),
    Role(
        "menteri", "Penetapan Menteri", "Minister's determination",
        frozenset({P.SUMMARY, P.DETERMINE, P.DELEGATE}), _NATION, ("administrator",),
    ),
    Role(
        "dukcapil", "Dinas Kependudukan dan Pencatatan Sipil", "Civil registry",
        frozenset({P.NUMBER_SHOW, P.CONFIRM_IDENTITY}), (Reach.NATION, Reach.PROVINCE, Reach.REGENCY),
        _LOCAL_ADMIN,
    ),
    Role(
        "kesehatan", "Dinas Kesehatan", "Health office",
        frozenset({P.SUMMARY, P.HEALTH_READ, P.CONFIRM_SECTOR}), (Reach.REGENCY, Reach.PROVINCE),
        _LOCAL_ADMIN,
    ),
    Role(
        "pendidikan", "Dinas Pendidikan", "Education office",
        frozenset({P.SUMMARY, P.CONFIRM_SECTOR}), (Reach.REGENCY, Reach.PROVINCE), _LOCAL_ADMIN,
    ),
    Role(
        "penyalur", "Bank/Pos penyalur", "Bank or post office", frozenset({P.PAYMENT_REPORT}),
        (Reach.NATION, Reach.PROVINCE, Reach.REGENCY), ("administrator",), by_programme=True,
    ),
    Role(
        "auditor", "Auditor (APIP, BPK)", "Auditor",
        frozenset({P.SUMMARY, P.FAMILY_READ, P.LEDGER_READ}), (Reach.NATION, Reach.PROVINCE, Reach.REGENCY),
        ("administrator",),
    ),
    Role(
        "peneliti", "Peneliti", "Researcher", frozenset({P.SUMMARY, P.EXTRACT}),
        (Reach.NATION, Reach.PROVINCE, Reach.REGENCY), ("administrator",),
    ),
    Role(
        "ppdp", "Pejabat pelindungan data pribadi", "Data protection officer",
        frozenset({P.LEDGER_READ, P.PRIVACY, P.ACCOUNT_REVIEW, P.CONSENT_TAKE}),
        (Reach.NATION, Reach.PROVINCE, Reach.REGENCY), ("administrator",),
    ),
    Role(
        "admin-daerah", "Administrator daerah", "Administrator of a regency or province",
        frozenset({P.ACCOUNT_MANAGE, P.ACCOUNT_REVIEW}), (Reach.REGENCY, Reach.PROVINCE), ("administrator",),
    ),
    Role(
        "administrator", "Administrator sistem", "Administrator",
        frozenset({P.ACCOUNT_MANAGE, P.ACCOUNT_REVIEW, P.SYSTEM}), _NATION, ("administrator",),
    ),
)  # fmt: skip

ROLES: dict[str, Role] = {role.id: role for role in _TABLE}

STEP_UP: frozenset[Permission] = frozenset(
    {
        Permission.FAMILY_EXPORT, Permission.APPROVE, Permission.COMPILE, Permission.DETERMINE,
        Permission.PAYMENT_RELEASE, Permission.ACCOUNT_MANAGE, Permission.EXTRACT, Permission.MERGE,
        Permission.CITIZEN_HELP,
    }
)  # fmt: skip
"""Acts before which one shows again, with a factor, that it is oneself."""


def clash(first: Role, second: Role) -> tuple[Duty, Duty] | None:
    """Two duties that must not meet in one person, when these two roles together have such a pair.

    The citizen's role clashes with none: every officer is a citizen. What an officer does as one counts in
    each case (`duty_clash`).
    """
    if first.id == second.id or CITIZEN_ROLE in (first.id, second.id):
        return None
    for one in sorted(first.duties):
        for other in sorted(second.duties):
            if frozenset((one, other)) in INCOMPATIBLE:
                return one, other
    return None


def duty_clash(permission: Permission, earlier: frozenset[Permission]) -> Permission | None:
    """The step among those that somebody has taken in a case which forbids this one; None when there is none.

    Two steps forbid each other when their duties must be kept apart, or by `FOUR_EYES`.
    """
    duty = DUTIES.get(permission)
    for other in sorted(earlier):
        apart = duty is not None and frozenset((duty, DUTIES.get(other))) in INCOMPATIBLE
        if apart or frozenset((permission, other)) in FOUR_EYES:
            return other
    return None
