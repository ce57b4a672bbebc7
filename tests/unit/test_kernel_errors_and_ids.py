"""The error catalogue refuses what would make it unreliable; keys sort by time."""

import multiprocessing
import time
import uuid

import pytest

from dtks.foundation.kernel import errors, ids, masking
from dtks.foundation.kernel.nik import NikError


def test_a_code_belongs_to_one_error() -> None:
    with pytest.raises(TypeError, match="DTKS-NIK-001"):
        type("Second", (errors.DtksError,), {"code": "DTKS-NIK-001", "message_id": "x", "message_en": "x"})


@pytest.mark.parametrize("body", [{"code": "nik-1"}, {"code": "DTKS-XX-999", "message_en": "only English"}])
def test_an_incomplete_error_class_is_refused(body: dict[str, str]) -> None:
    with pytest.raises(TypeError):
        type("Broken", (errors.DtksError,), body)


def test_the_catalogue_lists_every_error_by_code() -> None:
    catalogue = errors.catalogue()
    assert catalogue["DTKS-NIK-001"] is NikError
    assert list(catalogue) == sorted(catalogue)
    assert "" not in catalogue


def test_a_missing_parameter_does_not_hide_the_error() -> None:
    class Family(errors.DtksError):
        message_id, message_en = "hilang: {what}", "lost: {what}"

    assert str(Family()) == "hilang: {what}"
    assert Family(what="KK").text("en") == "lost: KK"


def test_keys_are_version_7_and_rise() -> None:
    before = int(time.time() * 1000)
    keys = [*ids.new_ids(1000), ids.new_id()]
    assert keys == sorted(set(keys))
    assert {(key.version, key.variant) for key in keys} == {(7, uuid.RFC_4122)}
    assert before <= keys[0].int >> 80 <= int(time.time() * 1000)


def test_forked_workers_do_not_repeat_keys() -> None:
    ids.new_id()
    with multiprocessing.get_context("fork").Pool(2) as pool:
        made = pool.map(ids.new_ids, [500] * 4, chunksize=1)
    keys = [key for part in made for key in part] + ids.new_ids(500)
    assert len(set(keys)) == len(keys)


def test_masks_keep_what_is_needed_to_recognise() -> None:
    assert masking.mask_name("Siti Aminah") == "S*** A*****"
    assert masking.mask_number("3201905507850012") == "3201********0012"
    assert masking.mask_number("12345678") == "********"
    assert masking.mask_phone("081234567834") == "0812******34"
    assert masking.mask_phone("12345678") == "********"
    assert masking.mask_account("123456789123000") == "***********3000"
    assert masking.mask_account("1234567") == "*******"
    assert masking.mask_email("siti.aminah@desa.example") == "s****@desa.example"
    assert masking.mask_email("siti.aminah") == masking.mask_email("@x") == masking.mask_email("x@") == "****"
    text = "NIK 3201905507850012 dan 081234567834"
    assert masking.mask_numbers_in(text) == "NIK 3201********0012 dan 081234567834"
