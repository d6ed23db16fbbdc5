"""Finds and opens the network files that arrive inside the `rapidocr` wheel.

The wheel's own code is never imported: only its two ONNX files are used. `find_models` needs the
standard library alone and may run in the terminal; `open_model` runs in the scan worker only.
"""

from dataclasses import dataclass
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from app.scan.messages import ScanUnavailableError

if TYPE_CHECKING:
    import onnxruntime

NEEDED = ("onnxruntime", "cv2", "numpy", "rapidocr")
DETECTOR_FILE = "PP-OCRv6_det_small.onnx"
RECOGNISER_FILE = "PP-OCRv6_rec_small.onnx"


@dataclass(frozen=True, slots=True, kw_only=True)
class Models:
    """Where the two networks lie.

    Attributes:
        detector: ONNX file of the text detector.
        recogniser: ONNX file of the character recogniser.
    """

    detector: Path
    recogniser: Path


def find_models() -> Models:
    """Locate the networks without importing anything.

    Raises:
        ScanUnavailableError: When a library or network file of the `scan` set is missing.
    """
    missing = [name for name in NEEDED if find_spec(name) is None]
    if missing:
        raise ScanUnavailableError(
            f"Plate reading is not installed here ({', '.join(missing)} missing)."
            " Type the plate instead."
        )
    spec = find_spec("rapidocr")
    folders = [] if spec is None else list(spec.submodule_search_locations or ())
    for folder in folders:
        found = Models(
            detector=Path(folder, "models", DETECTOR_FILE),
            recogniser=Path(folder, "models", RECOGNISER_FILE),
        )
        if found.detector.is_file() and found.recogniser.is_file():
            return found
    raise ScanUnavailableError("The plate reading files are missing. Type the plate instead.")


def engine_version() -> str:
    """Name the parts that decide what a photo reads as, for the audit trail."""
    return (
        f"plate-reader 1; PP-OCRv6 small of rapidocr {metadata.version('rapidocr')};"
        f" onnxruntime {metadata.version('onnxruntime')}"
    )


def open_model(path: Path) -> "onnxruntime.InferenceSession":
    """Open one network on one thread without a memory pool of its own.

    The pool never gives anything back: photos of several shapes made it 500 MB.
    """
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.enable_mem_pattern = False
    options.log_severity_level = 3
    options.enable_cpu_mem_arena = False
    return onnxruntime.InferenceSession(
        str(path), sess_options=options, providers=["CPUExecutionProvider"]
    )
