"""docs/reference/permissions.md, made from the table of roles."""

from __future__ import annotations

from dtks.foundation.accounts.roles import (
    DUTIES,
    FOUR_EYES,
    INCOMPATIBLE,
    PERMISSION_TEXTS,
    REACH_TEXTS,
    ROLES,
    STEP_UP,
    Duty,
    Permission,
    clash,
)

DUTY_TEXTS: dict[Duty, tuple[str, str]] = {
    Duty.PROPOSE: ("mengusulkan", "propose"),
    Duty.VERIFY: ("memverifikasi", "verify"),
    Duty.APPROVE: ("mengesahkan", "approve"),
    Duty.DETERMINE: ("menetapkan", "determine"),
    Duty.PAY: ("membayar", "pay"),
    Duty.AUDIT: ("mengaudit", "audit"),
    Duty.ADMINISTER: ("mengelola akun", "administer"),
}


def render() -> str:
    """The page as Markdown, without a note that it is generated."""
    return "\n".join([_HEAD, *_roles(), *_permissions(), *_matrix(), *_apart(), ""])


_HEAD = """# Peran dan izin · Roles and permissions

Satu peran adalah sekumpulan izin untuk satu wilayah (atau satu program di wilayah itu). Peran diberikan oleh
pengelola akun di dalam wilayahnya sendiri, dengan tanggal mulai dan, bila perlu, tanggal akhir.

*A role is a set of permissions for an area (or for a programme in it). It is given by those who manage
accounts, inside their own area, from a day and, where needed, to a day.*
"""


def _both(texts: tuple[str, str]) -> str:
    return f"{texts[0]}<br>*{texts[1]}*"


def _roles() -> list[str]:
    lines = [
        "## Peran · Roles\n",
        "| peran · role | untuk tingkat · for levels of area | diberikan oleh · given by | "
        "tidak boleh dirangkap dengan · never together with | terkunci setelah · locks after |",
        "|---|---|---|---|---|",
    ]
    for role in ROLES.values():
        levels = ", ".join(REACH_TEXTS[each][0] for each in role.reaches)
        if role.by_programme:
            levels += "; boleh per program · may be by programme"
        givers = ", ".join(f"`{each}`" for each in role.granted_by) or "–"
        apart = ", ".join(f"`{other.id}`" for other in ROLES.values() if clash(role, other)) or "–"
        name = f"`{role.id}` {_both((role.name_id, role.name_en))}"
        lines.append(f"| {name} | {levels} | {givers} | {apart} | {role.minutes_idle} menit · min |")
    return [
        *lines,
        "",
        "`warga` diperoleh warga saat masuk sendiri · comes with the citizen's own sign-in.\n",
    ]


def _permissions() -> list[str]:
    lines = [
        "## Izin · Permissions\n",
        "| izin · permission | arti · meaning | tugas · duty | tunjukkan faktor lagi · factor again |",
        "|---|---|---|---|",
    ]
    for each in Permission:
        duty = DUTIES.get(each)
        said = _both(DUTY_TEXTS[duty]) if duty else "–"
        again = "ya · yes" if each in STEP_UP else "–"
        lines.append(f"| `{each.value}` | {_both(PERMISSION_TEXTS[each])} | {said} | {again} |")
    return [*lines, ""]


def _matrix() -> list[str]:
    lines = ["## Siapa boleh apa · Who may do what\n"]
    lines += ["| izin · permission | peran · roles |", "|---|---|"]
    for each in Permission:
        holders = ", ".join(f"`{role.id}`" for role in ROLES.values() if each in role.permissions)
        lines.append(f"| `{each.value}` | {holders or '–'} |")
    return [*lines, ""]


def _apart() -> list[str]:
    duties = [[DUTY_TEXTS[each] for each in pair] for pair in sorted(sorted(pair) for pair in INCOMPATIBLE)]
    steps = sorted(sorted(pair) for pair in FOUR_EYES)
    return [
        "## Tugas yang dipisahkan · Duties kept apart\n",
        "Tidak bertemu pada satu orang, baik sebagai peran di wilayah yang sama maupun dalam satu perkara. "
        "Usulan yang dibuat petugas sebagai warga ikut dihitung, dan tidak seorang pun memutuskan perkara "
        "keluarganya.\n",
        "*They never meet in one person, neither as roles for the same area nor in one case. What an officer "
        "proposed as a citizen counts, and nobody decides on their own family.*\n",
        *(
            f"- {one_id} × {other_id} · *{one_en} × {other_en}*"
            for (one_id, one_en), (other_id, other_en) in duties
        ),
        "\nBoleh ada dalam satu peran, tetapi bukan oleh orang yang sama dalam satu perkara · *one role may "
        "hold both, but one person does not do both in one case*:\n",
        *(f"- `{one.value}` × `{other.value}`" for one, other in steps),
    ]
