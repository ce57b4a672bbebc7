"""What can go wrong when a welfare model is estimated, judged or used."""

from __future__ import annotations

from dtks.foundation.kernel.errors import DtksError


class TargetingError(DtksError):
    """Family of the errors of surveys and welfare models."""


class SurveyLayoutUnknown(TargetingError):
    code = "DTKS-TARGET-001"
    message_id = (
        "Susunan kolom {path} tidak dikenal. Tulis berkas pemetaan dan sebutkan dengan --mapping; "
        "contoh: parameters/welfare/surveys/. Kolom yang ada: {columns}"
    )
    message_en = (
        "The columns of {path} follow no known layout. Write a mapping file and name it with --mapping; "
        "an example: parameters/welfare/surveys/. Columns found: {columns}"
    )


class SurveyColumnMissing(TargetingError):
    code = "DTKS-TARGET-002"
    message_id = "Kolom '{column}' tidak ada di {path}; diperlukan untuk {purpose}. Kolom yang ada: {columns}"
    message_en = "Column '{column}' is not in {path}; it is needed for {purpose}. Columns found: {columns}"


class SurveyValueUnreadable(TargetingError):
    code = "DTKS-TARGET-003"
    message_id = "{path}, baris {row}, kolom {column}: '{value}' bukan bilangan."
    message_en = "{path}, row {row}, column {column}: '{value}' is not a number."


class SurveyUnreadable(TargetingError):
    code = "DTKS-TARGET-004"
    message_id = "{path} tidak dapat dibaca sebagai CSV: {detail}"
    message_en = "{path} cannot be read as CSV: {detail}"


class SurveyTooSmall(TargetingError):
    code = "DTKS-TARGET-005"
    message_id = (
        "{path}: {households} rumah tangga di {villages} desa terlalu sedikit; paling sedikit {needed}."
    )
    message_en = "{path}: {households} households in {villages} villages are too few; needed: {needed}."


class ForbiddenPredictor(TargetingError):
    code = "DTKS-TARGET-006"
    message_id = (
        "{where}: kolom '{column}' tidak boleh menjadi penduga: ia bagian dari yang diduga, "
        "peringkat, kelompok percobaan, atau nomor."
    )
    message_en = (
        "{where}: column '{column}' may not be a predictor: it is part of what is predicted, a rank, an "
        "arm of the experiment, or an id."
    )


class ModelNotFound(TargetingError):
    code = "DTKS-TARGET-007"
    message_id = "Model kesejahteraan '{name}' tidak ada. Yang ada: {known}; atau sebutkan berkas YAML."
    message_en = "There is no welfare model '{name}'. Known: {known}; or name a YAML file."


class ModelNotForRegistry(TargetingError):
    code = "DTKS-TARGET-008"
    message_id = (
        "Model {model} memakai '{variable}', yang tidak dipetakan ke registri. "
        "Latih dengan --registry untuk model yang dapat dipakai pada registri."
    )
    message_en = (
        "Model {model} uses '{variable}', which is not mapped to the registry. "
        "Train with --registry for a model that the registry can use."
    )


class CutPointsMissing(TargetingError):
    code = "DTKS-TARGET-009"
    message_id = (
        "Tidak ada batas desil model {model} yang berlaku pada {on}. Buat dengan: dtks targeting cut-points"
    )
    message_en = "Model {model} has no decile cut-points on {on}. Make them: dtks targeting cut-points"


class CutPointsOfAnotherModel(TargetingError):
    code = "DTKS-TARGET-011"
    message_id = (
        "Batas desil model {model} yang berlaku pada {on} dibuat untuk isi model yang lain (SHA-256 {found}, "
        "model ini {wanted}). Buat lagi dengan: dtks targeting cut-points; atau pakai --within-run."
    )
    message_en = (
        "The decile cut-points of model {model} in force on {on} were made for another content of the model "
        "(SHA-256 {found}, this one {wanted}). Make them: dtks targeting cut-points; or use --within-run."
    )


class TooFewFolds(TargetingError):
    code = "DTKS-TARGET-010"
    message_id = "--folds harus antara 2 dan jumlah desa ({villages})."
    message_en = "--folds must be between 2 and the number of villages ({villages})."
