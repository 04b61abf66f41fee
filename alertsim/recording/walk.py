"""Finds what is intact in the bytes of an MCAP file, whole, cut off or damaged, and says what is not."""

import re
import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from mmap import MADV_DONTNEED, PAGESIZE, mmap

import zstandard
from mcap.data_stream import ReadDataStream
from mcap.exceptions import McapError
from mcap.opcode import Opcode
from mcap.records import (
    Attachment,
    AttachmentIndex,
    Channel,
    Chunk,
    ChunkIndex,
    DataEnd,
    Footer,
    Header,
    McapRecord,
    Message,
    MessageIndex,
    Metadata,
    MetadataIndex,
    Schema,
    Statistics,
    SummaryOffset,
)
from mcap.stream_reader import breakup_chunk
from mcap.writer import MCAP0_MAGIC as MAGIC

LIMIT = 64 * 1024 * 1024
"""Bytes a record may have, and a chunk once unpacked; ours have 1 MiB."""

_BLOCK = 4 * 1024 * 1024
_ZEROS = bytes(_BLOCK)
_HEAD = struct.Struct("<BQ")
_LIKE_A_HEAD = re.compile(rb"(?=[\x01-\x0f].{3}[\x00-\x04]\x00{4})", re.DOTALL)  # a known opcode, a length to the limit
_FOOTER = _HEAD.size + struct.calcsize("<QQI")
_BROKEN = (McapError, zstandard.ZstdError, struct.error, ValueError, LookupError, ArithmeticError, MemoryError)


def _chunk_index(stream: ReadDataStream) -> ChunkIndex:
    """Where a chunk lies; where the index of each of its topics does nobody here asks, and it takes a second."""
    start, end, offset, length = (stream.read8() for _ in range(4))
    stream.read(stream.read4())
    return ChunkIndex(
        message_start_time=start,
        message_end_time=end,
        chunk_start_offset=offset,
        chunk_length=length,
        message_index_offsets={},
        message_index_length=stream.read8(),
        compression=stream.read_prefixed_string(),
        compressed_size=stream.read8(),
        uncompressed_size=stream.read8(),
    )


def _message_index(stream: ReadDataStream) -> MessageIndex:
    """Of which channel it is; where its messages lie is for other readers."""
    channel = stream.read2()
    stream.read(stream.read4())
    return MessageIndex(channel_id=channel, records=[])


_READERS: dict[int, Callable[[ReadDataStream], McapRecord]] = {
    Opcode.ATTACHMENT: Attachment.read,
    Opcode.ATTACHMENT_INDEX: AttachmentIndex.read,
    Opcode.CHANNEL: Channel.read,
    Opcode.CHUNK: Chunk.read,
    Opcode.CHUNK_INDEX: _chunk_index,
    Opcode.DATA_END: DataEnd.read,
    Opcode.FOOTER: Footer.read,
    Opcode.HEADER: Header.read,
    Opcode.MESSAGE_INDEX: _message_index,
    Opcode.METADATA: Metadata.read,
    Opcode.METADATA_INDEX: MetadataIndex.read,
    Opcode.SCHEMA: Schema.read,
    Opcode.STATISTICS: Statistics.read,
    Opcode.SUMMARY_OFFSET: SummaryOffset.read,
}


@dataclass(frozen=True)
class Damage:
    """Something that could not be read, or does not agree with the rest."""

    what: str
    of_summary: bool = False


Found = tuple[int, McapRecord | Damage]
"""A record, or what is wrong, with the offset in the file; records of a chunk have that of the chunk."""


def is_mcap(data: bytes | mmap) -> bool:
    """Whether it begins as an MCAP file does, were even one byte of that damaged."""
    return data[: len(MAGIC)] == MAGIC or _LIKE_A_HEAD.match(data, len(MAGIC)) is not None


def walk(data: bytes | mmap) -> Iterator[Found]:
    """Every intact record in file order, chunks unpacked, and each `Damage` where it shows; raises nothing.

    Contents are held against every checksum and count the file has, so that a changed byte of a finished recording is
    always reported, and one of an unfinished one unless it lies in the metadata, which have no checksum.
    """
    messages, finished = 0, False
    for offset, record in _records(data, len(MAGIC)):
        match record:
            case Message():
                messages += 1
            case DataEnd() if record.data_section_crc not in {0, _crc(data, 0, offset)}:
                yield offset, Damage("the contents differ from their checksum")
            case Statistics() if record.message_count != messages:
                yield offset, Damage(f"of {record.message_count} messages {messages} can be read")
            case Footer():
                finished = True
                yield from ((offset, damage) for damage in _wrong_at_the_end(data, offset, record))
        yield offset, record
    if not finished:
        yield len(data), Damage("it was not finished")


def tail(data: bytes | mmap) -> Iterator[Found]:
    """What the end of a finished recording repeats (channels, schemas); nothing of an unfinished one."""
    footer = len(data) - len(MAGIC) - _FOOTER
    if footer > 0 and data[footer] == Opcode.FOOTER:
        (start,) = struct.unpack_from("<Q", data, footer + _HEAD.size)
        yield from _records(data, max(start, len(MAGIC)))


def _records(data: bytes | mmap, offset: int) -> Iterator[Found]:
    """Record after record to the footer or the end of the file, resuming behind what is damaged."""
    kept = offset
    while offset < len(data):
        if offset - kept > _BLOCK:
            _let_go(data, kept, offset)
            kept = offset
        try:
            opcode, end = _head(data, offset)
            records = _read(opcode, data[offset + _HEAD.size : end])
        except _BROKEN as error:
            yield offset, Damage(f"a record cannot be read ({str(error) or type(error).__name__})")
            offset = _resume(data, offset)
            continue
        yield from ((offset, record) for record in records)
        if opcode == Opcode.FOOTER:
            return
        offset = end


def _head(data: bytes | mmap, offset: int) -> tuple[int, int]:
    """The opcode of the record at `offset`, and where it ends; ValueError when it cannot lie there."""
    if offset + _HEAD.size > len(data):
        raise ValueError("the file ends inside it")
    opcode, length = _HEAD.unpack_from(data, offset)
    if length > LIMIT:
        raise ValueError(f"its length is given as {length} bytes")
    end = offset + _HEAD.size + length
    if end > len(data):
        raise ValueError("the file ends inside it")
    return opcode, end


def _read(opcode: int, body: bytes) -> list[McapRecord]:
    """The record, or those of a chunk; one of many exceptions when the bytes are no such record through and through."""
    if opcode not in _READERS:
        raise ValueError(f"unknown type {opcode}")
    stream = ReadDataStream(BytesIO(body))
    record = _READERS[opcode](stream)
    if stream.count != len(body):
        raise ValueError("it does not fill its length")
    match record:
        case Chunk():
            return _unpacked(record)
        case Attachment() if zlib.crc32(body[:-4]) != int.from_bytes(body[-4:], "little"):
            raise ValueError(f"attachment {record.name} differs from its checksum")
    return [record]


def _unpacked(chunk: Chunk) -> list[McapRecord]:
    """What is in a chunk that keeps its checksum and unpacks to no more than the limit."""
    if chunk.compression not in {"zstd", ""}:
        raise ValueError(f"unknown compression {chunk.compression!r}")
    given = zstandard.frame_content_size(chunk.data) if chunk.compression else 0
    if max(given, chunk.uncompressed_size) > LIMIT:
        raise ValueError("it unpacks to more than 64 MiB")
    return breakup_chunk(chunk, validate_crc=True)


def _resume(data: bytes | mmap, offset: int) -> int:
    """Where records go on after a damaged one: where it says it ends, or at the next two heads in a row."""
    if _goes_on(data, offset):
        return _head(data, offset)[1]
    return next((start for start in _like_heads(data, offset + 1) if _goes_on(data, start)), len(data))


def _like_heads(data: bytes | mmap, offset: int) -> Iterator[int]:
    """Where a record might begin, from `offset` on; what a sparse file leaves out is stepped over."""
    for start in range(offset, len(data), _BLOCK):
        end = min(start + _BLOCK, len(data))
        if data[start:end] != _ZEROS[: end - start]:
            yield from (found.start() for found in _LIKE_A_HEAD.finditer(data, start, end + _HEAD.size - 1))
        _let_go(data, start, end)


def _let_go(data: bytes | mmap, start: int, until: int) -> None:
    """Drop from memory what was read of a file; it is read again from disk where it is asked for again."""
    first, last = start // PAGESIZE * PAGESIZE, until // PAGESIZE * PAGESIZE
    if isinstance(data, mmap) and first < last:
        data.madvise(MADV_DONTNEED, first, last - first)


def _goes_on(data: bytes | mmap, offset: int) -> bool:
    """Whether the record that would be at `offset` ends where another begins, or the file ends."""
    try:
        _, end = _head(data, offset)
    except ValueError:
        return False
    return data[end : end + len(MAGIC)] in {b"", MAGIC} or _LIKE_A_HEAD.match(data, end) is not None


def _crc(data: bytes | mmap, start: int, end: int) -> int:
    crc = 0
    for begin in range(start, end, _BLOCK):
        crc = zlib.crc32(data[begin : min(begin + _BLOCK, end)], crc)
        _let_go(data, begin, min(begin + _BLOCK, end))
    return crc


def _wrong_at_the_end(data: bytes | mmap, offset: int, footer: Footer) -> Iterator[Damage]:
    """The footer's checksum covers the summary and itself up to the checksum."""
    if footer.summary_crc not in {0, _crc(data, footer.summary_start, offset + _FOOTER - 4)}:
        yield Damage("the summary differs from its checksum", of_summary=True)
    if data[offset + _FOOTER :] != MAGIC:
        yield Damage("it does not end as an MCAP file does")
