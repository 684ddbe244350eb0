"""Codes to be scanned, as pictures that need no other file."""

import segno
from markupsafe import Markup


def picture(text: str) -> Markup:
    """`text` as an inline SVG as large as its box; dark on light whatever the page's theme, for a
    scanner reads no other."""
    code = segno.make_qr(text, error="m")
    svg = code.svg_inline(border=4, omitsize=True, svgclass="qr", lineclass=None, light="#fff")
    return Markup(svg)  # noqa: S704 (drawn by us: no character of the text is in it)
