"""A learnt model as bytes that can be checked and cannot run code.

skops, never pickle: unpacking makes only types that are named here. Which scikit-learn wrote it and
which features it was taught are stored beside the model, and both must be ours.
"""

import hashlib
from typing import Any, NamedTuple
from zipfile import ZIP_DEFLATED, BadZipFile

import numpy as np
import sklearn
from skops import io as skops
from skops.io.exceptions import UntrustedTypesFoundException

from tapline.errors import ConflictError
from tapline_ml.calibration import Curve
from tapline_ml.features import SCHEMA_HASH
from tapline_ml.predictor import PartModel, Predictor

_TRUSTED = ("sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",)
"""Beside what skops itself trusts: the trees of a histogram gradient booster, nothing else."""
BYTES_MAX = 10_000_000


class Artefact(NamedTuple):
    """A packed model with what is needed to trust it: hex SHA-256, scikit-learn's version, and the
    hash of the features' names."""

    content: bytes
    sha256: str
    sklearn_version: str
    schema_hash: str


def pack(predictor: Predictor) -> Artefact:
    """The model as bytes."""
    parts = {
        name: {
            "classifier": model.classifier,
            "score": model.curve.score,
            "share": model.curve.share,
        }
        for name, model in predictor.parts.items()
    }
    content: bytes = skops.dumps(
        {"parts": parts, "threshold": predictor.threshold},
        compression=ZIP_DEFLATED,
        compresslevel=6,
    )
    return Artefact(content, _sha256(content), sklearn.__version__, SCHEMA_HASH)


def unpack(artefact: Artefact) -> Predictor:
    """The model again.

    Raises:
        ConflictError: the bytes are not those that were packed, hold a type that is not allowed, or
            were written by another scikit-learn or for other features.
    """
    if _sha256(artefact.content) != artefact.sha256:
        raise ConflictError("the model's bytes have changed since it was stored: train it again")
    if _minor(artefact.sklearn_version) != _minor(sklearn.__version__):
        raise ConflictError(
            f"the model was written by scikit-learn {artefact.sklearn_version}, this is"
            f" {sklearn.__version__}: train it again with `tapline train`"
        )
    if artefact.schema_hash != SCHEMA_HASH:
        raise ConflictError("the model knows other features: train it again with `tapline train`")
    return _predictor(_loaded(artefact.content))


def _loaded(content: bytes) -> dict[str, Any]:
    if len(content) > BYTES_MAX:
        raise ConflictError(f"a model of {len(content)} bytes is not one of ours")
    try:
        loaded: dict[str, Any] = skops.loads(content, trusted=list(_TRUSTED))
    except UntrustedTypesFoundException as error:
        raise ConflictError(f"the model holds a type that is not allowed: {error}") from error
    except (BadZipFile, KeyError, ValueError, TypeError) as error:
        raise ConflictError(f"this is no model: {error}") from error
    return loaded


def _predictor(loaded: dict[str, Any]) -> Predictor:
    try:
        parts = {
            name: PartModel(
                part["classifier"], Curve(np.asarray(part["score"]), np.asarray(part["share"]))
            )
            for name, part in loaded["parts"].items()
        }
        return Predictor(parts, float(loaded["threshold"]))
    except (KeyError, TypeError, AttributeError) as error:
        raise ConflictError(f"this is no model of ours: {error} is missing") from error


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _minor(version: str) -> str:
    return ".".join(version.split(".")[:2])
