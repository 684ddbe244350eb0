"""A file is what its bytes are, whatever it is called."""

import pytest

from tapline.files.rules import checked_type, plain_name


@pytest.mark.parametrize(
    ("content", "said", "found"),
    [
        (b"\x89PNG\r\n\x1a\n....", "image/png", "image/png"),
        (b"\xff\xd8\xff\xdb....", "image/jpg", "image/jpeg"),
        (b"RIFF\x10\x00\x00\x00WEBPVP8 ", "image/webp", "image/webp"),
        (b"RIFF\x10\x00\x00\x00WAVEfmt ", "audio/x-wav", "audio/wav"),
        (b"ID3\x04....", "audio/mpeg", "audio/mpeg"),
        (b"\xff\xfb\x90\x00", "audio/mp3", "audio/mpeg"),
        (b"%PDF-1.7\n", "application/octet-stream", "application/pdf"),
        ("水没出来\n".encode(), "text/plain; charset=utf-8", "text/plain"),
        (b"a\tb\r\n", "", "text/plain"),
    ],
)
def test_the_type_is_found_by_the_content(content: bytes, said: str, found: str) -> None:
    assert checked_type(content, said) == found


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("照片 1.jpg", "照片 1.jpg"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\leak.png", "leak.png"),
        ("a\r\nSet-Cookie: x", "aSet-Cookie: x"),
        ("", "file"),
        ("..", "file"),
        ("x" * 300 + ".png", "x" * 116 + ".png"),
    ],
)
def test_a_name_keeps_no_folder_and_nothing_unprintable(name: str, plain: str) -> None:
    assert plain_name(name) == plain
