"""What Indonesian clerks add to, shorten in and spell differently in a name: the tables of ``names``.

Each rule is (regular expression, replacement) on upper-case ASCII text. Only syntax that Python and
Polars read alike is used: no look-around, no back-reference. So the one table serves single names and
columns of millions.
"""

Rule = tuple[str, str]

# Before a name: religious, academic and polite titles. Nobility (R., Raden, Andi, Teuku) is part of it.
_TITLES = """
    H HJ HAJI HAJJAH HAJAH KH K.H KYAI KIAI UST USTAD USTADZ USTADZAH TGK TGH
    DR DRS DRA DRG DRH IR PROF BPK BAPAK IBU TN NY NN SDR SDRI
"""
# After a name: degrees, written S.Pd., SPd, S Pd.
_DEGREES = """
    S.PD S.PD.I S.PD.SD M.PD M.PD.I S.KOM M.KOM S.SOS S.SOS.I M.SI M.SC B.SC S.AG M.AG S.H.I S.E.I S.E.SY
    S.KM M.KM S.KEP S.KEP.NS M.KEP S.KED S.I.P S.IP M.AP S.I.KOM S.SI S.SN S.FARM S.TR S.PT S.HUT S.TP
    S.PSI M.PSI S.STP S.SIT S.ST A.MD A.MD.KEB A.MD.KEP A.MD.PD AM.KEB AM.K M.HUM M.KES M.KN M.ENG M.ARS
    M.BA PH.D SP.A SP.OG SP.PD A.KT S.GZ S.PSIK S.FIL S.TH S.TH.I M.TH S.SY
"""
# Degrees of two letters: only a full stop or a comma tells them from a name (Ma, Se) or initials.
_SHORT_DEGREES = "S.H S.E S.T M.M M.A M.T M.H N.S L.C B.A"

_SEP = "[ ,]+"


def _alternatives(words: str, full_stop: str) -> str:
    """One expression for all of them, longest first (the first that fits wins)."""
    return "|".join(
        word.replace(".", full_stop) for word in sorted(words.split(), key=lambda w: (-len(w), w))
    )


_titles = _alternatives(_TITLES, _SEP)
_long = _alternatives(_DEGREES, "[ ,]*")
_spaced = _alternatives(_SHORT_DEGREES, _SEP)
_compact = _alternatives(_SHORT_DEGREES, "")

NORMALISING: tuple[Rule, ...] = (
    # Letters and signs: dashes and white space, then only printable ASCII (accents are split off before).
    (r"[\u2010-\u2015\u2212\t\n\x0b\x0c\r]", " "),
    (r"[^ -~]+", ""),
    (r"['`\"]+", ""),
    # 'the late'
    (r"\b(?:ALM|ALMH|ALMARHUM|ALMARHUMAH)\b", " "),
    # 'BUDI SH.': the full stop marks a short degree; from here on a comma does
    (rf" ({_compact})\.", r", \1"),
    (r"[^A-Z0-9,]+", " "),
    (r"^[ ,]+|[ ,]+$", ""),
    (rf"^(?:(?:{_titles}){_SEP})+", ""),
    (rf"(?:{_SEP}(?:{_long}|{_spaced})| *,[ ,]*(?:{_compact}))+$", ""),
    (r"[ ,]+", " "),
    # Connectors and abbreviations
    (r"\b(?:BTE?|BTI|BNT|BINTE)\b", "BINTI"),
    (r"\b(?:M[OU](?:H|CH|KH)(?:D|AM{1,2}[AE][DT])?|MHD)\b", "MUHAMMAD"),
    (r"\bABDL?\b", "ABDUL"),
    (r"^STI? ", "SITI "),
)

# The spelling of before 1972 (and 1947) into today's.
MODERN_SPELLING: tuple[Rule, ...] = (
    ("OE", "U"),
    ("D+J", "J"),
    ("T+J", "C"),
    ("S+J", "SY"),
    (r"\bNJ", "NY"),
)

# What sounds the same and is written by taste; only for keys, never shown.
FOLDING: tuple[Rule, ...] = (
    (r"\b(?:BIN|BINTI)\b", " "),
    ("V", "F"),
    ("Q", "K"),
    (r"([A-Z])(?:[CK]+H+)+", r"\1H"),
    (r"\bKH+", "H"),
    (r"\bCH+(AIR|AER|OIR|OER|OTI|OLI|USN|ALI)", r"H\1"),
    (r"\bCH+", "C"),
    ("PH+", "F"),
    ("TH+", "T"),
    ("DH+", "D"),
    ("S[HY]+", "S"),
    (r"([A-Z])H+\b", r"\1"),
    # Before 1972 j was what y is now: Tjahjono is Cahyono, Jusuf is Yusuf. A j alone does not tell which of
    # the two it is (Djoko became Joko), so that a key makes no difference between them.
    ("J", "Y"),
)

# Runs of one letter, longest first, for a search that prefers the longest at each place.
REPEATED_LETTERS: tuple[Rule, ...] = tuple(
    (letter * length, letter) for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ" for length in range(8, 1, -1)
)
