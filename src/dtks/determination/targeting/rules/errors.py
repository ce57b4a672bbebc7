"""What can be wrong with a rule, a definition or a dated parameter: refused when it is loaded."""

from __future__ import annotations

from dtks.foundation.kernel.errors import DtksError


class RuleError(DtksError):
    """Family of all refusals; `where` is "file:line", `fragment` the part of the rule that is meant."""


class RuleSyntaxError(RuleError):
    code = "DTKS-RULE-001"
    message_id = "{where}: aturan tidak dapat dibaca: {detail}"
    message_en = "{where}: the rule cannot be read: {detail}"


class NotInLanguageError(RuleError):
    code = "DTKS-RULE-002"
    message_id = "{where}: '{fragment}' tidak termasuk bahasa aturan. {hint_id}"
    message_en = "{where}: '{fragment}' is not part of the rule language. {hint_en}"


class UnknownNameError(RuleError):
    code = "DTKS-RULE-003"
    message_id = "{where}: variabel '{name}' tidak dikenal. Nama terdekat: {near}"
    message_en = "{where}: unknown variable '{name}'. Nearest names: {near}"


class WrongTypeError(RuleError):
    code = "DTKS-RULE-004"
    message_id = "{where}: jenis tidak cocok pada '{fragment}': {detail_id}"
    message_en = "{where}: wrong type in '{fragment}': {detail_en}"


class UnknownCodeError(RuleError):
    code = "DTKS-RULE-005"
    message_id = "{where}: '{value}' bukan kode {name}. Kode yang ada: {codes}"
    message_en = "{where}: '{value}' is not a code of {name}. Its codes: {codes}"


class NeverHoldsError(RuleError):
    code = "DTKS-RULE-006"
    message_id = "{where}: '{fragment}' tidak pernah dapat terpenuhi"
    message_en = "{where}: '{fragment}' can never hold"


class WrongLevelError(RuleError):
    code = "DTKS-RULE-007"
    message_id = "{where}: '{name}' adalah variabel {level}. {hint_id}"
    message_en = "{where}: '{name}' is a variable of level {level}. {hint_en}"


class UnknownParameterError(RuleError):
    code = "DTKS-RULE-008"
    message_id = "{where}: parameter ':{name}' tidak ada untuk tanggal ini. Yang ada: {near}"
    message_en = "{where}: there is no parameter ':{name}' for this date. There are: {near}"


class TooLargeError(RuleError):
    code = "DTKS-RULE-009"
    message_id = "{where}: aturan terlalu besar: {detail_id}"
    message_en = "{where}: the rule is too large: {detail_en}"


class DocumentError(DtksError):
    """A rule, parameter or programme file that is not shaped as documented."""

    code = "DTKS-RULE-020"
    message_id = "{where}: {detail_id}"
    message_en = "{where}: {detail_en}"


class NoValueInForceError(DtksError):
    code = "DTKS-RULE-021"
    message_id = "{where}: parameter '{name}' tidak punya nilai yang berlaku pada {on}"
    message_en = "{where}: parameter '{name}' has no value in force on {on}"


class UnknownReferenceError(DtksError):
    code = "DTKS-RULE-022"
    message_id = "{where}: rujukan '{reference}' tidak ada dalam parameters/laws.yaml"
    message_en = "{where}: reference '{reference}' is not in parameters/laws.yaml"
