"""Public keys in an inventory: the right kind, and never a private one."""

from __future__ import annotations

import pytest

from monitor.inventory.values.verifier_key import cosigner_key_of, log_key_of
from monitor.proof.formats.note import COSIGNER, LOG, SigningKey

LOG_KEY = SigningKey.make("vendor.example/log", LOG)
WITNESS = SigningKey.make("region.example/witness", COSIGNER)


def test_a_key_of_each_kind() -> None:
    assert log_key_of(f" {LOG_KEY.verifier} ") == str(LOG_KEY.verifier)
    assert cosigner_key_of(str(WITNESS.verifier)) == str(WITNESS.verifier)


def test_the_wrong_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="another kind"):
        log_key_of(str(WITNESS.verifier))
    with pytest.raises(ValueError, match="another kind"):
        cosigner_key_of(str(LOG_KEY.verifier))
    with pytest.raises(ValueError, match="is not a log's verifier key"):
        log_key_of("vendor.example/log")


def test_a_private_key_is_refused_and_not_repeated() -> None:
    with pytest.raises(ValueError, match="is a private key") as error:
        log_key_of(LOG_KEY.secret())
    assert LOG_KEY.secret()[:30] not in str(error.value)
