"""Files of arrays: numpy's ``.npz`` and ``.npy``, and ``.safetensors``.

What a file announces is compared with the bytes it has before anything is allocated, and
nothing in it is ever run.
"""

import io
import json
import struct
import zlib
from math import prod
from pathlib import Path
from tokenize import TokenError
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile

from polytope_nn.errors import InstanceError
from polytope_nn.wording import shown

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    import numpy.typing as npt

    Array = npt.NDArray[Any]
    Floats = npt.NDArray[np.float64]

__all__ = ["npz_bytes", "read_npz", "read_safetensors", "safetensors_bytes"]

_UNREADABLE = (
    *(ArithmeticError, EOFError, LookupError, MemoryError, RuntimeError, SyntaxError),
    *(TypeError, ValueError, BadZipFile, TokenError, zlib.error, struct.error),
)
_DTYPES = {
    "F64": "<f8",
    "F32": "<f4",
    "F16": "<f2",
    "BF16": "<u2",
    "I64": "<i8",
    "I32": "<i4",
    "I16": "<i2",
    "I8": "<i1",
    "U64": "<u8",
    "U32": "<u4",
    "U16": "<u2",
    "U8": "<u1",
}


def read_npz(file: Path, cure: str) -> "dict[str, Array]":
    """Return the arrays of an ``.npz``, or of an ``.npy`` as ``arr_0``.

    Raises
    ------
    InstanceError
        One line, when the file is no archive or a member no array of numbers.
    """
    import numpy as np

    name = str(file)
    try:
        loaded = np.load(file, allow_pickle=False)
    except _UNREADABLE:
        form = file.suffix.lower() if file.suffix.lower() == ".npy" else ".npz"
        what = "array" if form == ".npy" else "archive"
        raise InstanceError(f"{name}: no {form} {what}: {cure}") from None
    if isinstance(loaded, np.ndarray):
        return {"arr_0": loaded}
    arrays = {}
    with loaded as archive:
        for key in archive.files:
            try:
                wrong = _unlike(archive, f"{key}.npy")
                if not wrong:
                    arrays[key] = archive[key]
            except _UNREADABLE:
                wrong = "no array"
            if wrong:
                raise InstanceError(f"{name}: {key[:40]}: {wrong}: {cure}")
    return arrays


def _unlike(archive: Any, member: str) -> str:  # noqa: ANN401 - numpy's NpzFile
    """Return why a member of an archive is no array of numbers; "" when it is one."""
    from numpy.lib import format as npy

    held = archive.zip.getinfo(member).file_size
    with archive.zip.open(member) as stream:
        version = npy.read_magic(stream)
        read = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
        shape, _, dtype = read(stream)
    if dtype.hasobject:
        return "an array of objects, not of numbers"
    if min(shape, default=0) < 0 or prod(shape) * dtype.itemsize > held:
        return f"{held} bytes for an announced shape {shape}"
    return ""


def npz_bytes(arrays: "Mapping[str, Floats]") -> bytes:
    """Return the bytes of an ``.npz`` of the arrays."""
    import numpy as np

    stream = io.BytesIO()
    np.savez(stream, **arrays)  # type: ignore[arg-type]  # numpy names its own options
    return stream.getvalue()


def read_safetensors(raw: bytes, where: str) -> "dict[str, Array]":
    """Return the tensors of a ``.safetensors`` file, in the order of their names.

    The published form: eight bytes, the length of a header, little-endian; the header, JSON,
    which gives each tensor's dtype, shape and place; then the tensors' bytes, without gaps.
    """
    import numpy as np

    size = int.from_bytes(raw[:8], "little")
    if len(raw) < 8 or size > len(raw) - 8:
        raise InstanceError(
            f"{where}: a header of {size} bytes is announced, the file has {len(raw)}: "
            f"it is cut short, or no .safetensors file"
        )
    try:
        header = json.loads(raw[8 : 8 + size], object_pairs_hook=unique_keys)
    except (ValueError, RecursionError) as error:
        said = str(error).split("\n", 1)[0][:60]
        raise InstanceError(f"{where}: its header is no JSON object: {said}") from None
    body, arrays = memoryview(raw)[8 + size :], {}
    if not isinstance(header, dict):
        raise InstanceError(f"{where}: its header is no JSON object: save it again")
    for name in sorted(set(header) - {"__metadata__"}):
        place = f"{where}: {name[:40]}"
        dtype, shape, low, high = _announced(header[name], place)
        count = np.dtype(_DTYPES[dtype]).itemsize * prod(shape)
        if high > len(body) or high - low != count:
            raise InstanceError(
                f"{place}: bytes {low} to {high} of {len(body)} for {dtype} of shape "
                f"{tuple(shape)}: the file is cut short or broken: save it again"
            )
        held = np.frombuffer(body[low:high], dtype=_DTYPES[dtype]).reshape(shape)
        if dtype == "BF16":  # the upper half of a float32
            held = (held.astype(np.uint32) << 16).view(np.float32)
        arrays[name] = held
    return arrays


def _announced(entry: object, place: str) -> tuple[str, list[int], int, int]:
    """Return dtype, shape and place of a tensor, as its header says."""
    match entry:
        case {
            "dtype": str(dtype),
            "shape": [*shape],
            "data_offsets": [int(low), int(high)],
        }:
            if dtype not in _DTYPES:
                raise InstanceError(
                    f"{place}: dtype {dtype[:20]}: no numbers that are read: save it as F32"
                )
            if 0 <= low <= high and all(type(t) is int and t >= 0 for t in shape):
                return dtype, shape, low, high
    raise InstanceError(f"{place}: no dtype, shape and data_offsets: save the file again")


def unique_keys(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Return the object of pairs of JSON, or refuse a key that comes twice."""
    read = dict(pairs)
    if len(read) < len(pairs):
        twice = next(k for i, (k, _) in enumerate(pairs) if k in dict(pairs[:i]))
        raise ValueError(f"the key {shown(twice)} comes twice")
    return read


def safetensors_bytes(arrays: "Mapping[str, Floats]") -> bytes:
    """Return the bytes of a ``.safetensors`` file of the arrays, float64."""
    header: dict[str, object] = {}
    body = b""
    for name in sorted(arrays):
        held = arrays[name].astype("<f8").tobytes()
        places = [len(body), len(body) + len(held)]
        shape = list(arrays[name].shape)
        header[name] = {"dtype": "F64", "shape": shape, "data_offsets": places}
        body += held
    said = json.dumps(header, separators=(",", ":")).encode()
    said += b" " * (-len(said) % 8)  # tensors start at a multiple of eight bytes
    return len(said).to_bytes(8, "little") + said + body
