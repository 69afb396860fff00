"""From a template and values to a picture or a page: the one place that knows the library that sets type.

Values reach a template as JSON and are set as text, never read as markup, so that a name or a note can hold
anything. Fonts come from packages: Atkinson Hyperlegible, made for readers who see badly, and Noto for every
other script.
"""

import json
import threading
from collections.abc import Mapping
from functools import cache
from importlib import resources
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import typst

_TEMPLATES = Path(str(resources.files("bot.reports") / "templates"))
_PICTURE_PPI = 72.0
"""A template's point is then one pixel."""

_READING_FONTS = ("fontpkg_atkinson_hyperlegible",)
_EVERY_SCRIPT = (*_READING_FONTS, "manimgx_fonts", "manimgx_fonts_cjk")
_ACCESSIBLE = "ua-1"
"""PDF/UA-1: tagged, with a title and a language, so that screen readers and searches can follow it."""

_own = threading.local()
"""A compiler works for one thread at a time, and lets other threads run meanwhile: so each has its own."""


def picture(template: str, values: Mapping[str, Any]) -> bytes:
    """Set `template` as a PNG, one pixel for each of its points; raises `typst.TypstError` for a broken template."""
    return _one(template, sheets(template, values))


def sheets(template: str, values: Mapping[str, Any]) -> list[bytes]:
    """Set `template` as a PNG for each of its pages; raises `typst.TypstError` for a broken template."""
    return _compile(template, values, _READING_FONTS, {"format": "png", "ppi": _PICTURE_PPI})


def pages(template: str, values: Mapping[str, Any]) -> bytes:
    """Set `template` as a PDF, tagged and searchable (PDF/UA-1).

    A sign that no font has would break that standard: the page is then still tagged, but not called accessible.
    """
    try:
        made = _compile(template, values, _EVERY_SCRIPT, {"format": "pdf", "pdf_standards": [_ACCESSIBLE]})
    except typst.TypstError as missing_glyph:
        if "could not be displayed" not in missing_glyph.message:
            raise
        made = _compile(template, values, _EVERY_SCRIPT, {"format": "pdf"})
    return _one(template, made)


def _one(template: str, made: list[bytes]) -> bytes:
    if len(made) != 1:
        raise TypeError(f"{template} is longer than the one page of a picture")
    return made[0]


def _compile(
    template: str, values: Mapping[str, Any], fonts: tuple[str, ...], output: Mapping[str, Any]
) -> list[bytes]:
    compiler = _compiler(template, fonts)
    result = compiler.compile(sys_inputs={"values": json.dumps(values)}, **output)
    if result is None:
        raise TypeError(f"{template} gave nothing")
    return [result] if isinstance(result, bytes) else result


def _compiler(template: str, fonts: tuple[str, ...]) -> typst.Compiler:
    """Keep one compiler a thread and template: reading the fonts takes longer than setting a page."""
    kept: dict[str, typst.Compiler] = _own.__dict__
    if template not in kept:
        kept[template] = typst.Compiler(
            str(_TEMPLATES / template),
            root=str(_TEMPLATES),
            font_paths=[_folder(package) for package in fonts],
            ignore_system_fonts=True,
        )
    return kept[template]


@cache
def _folder(package: str) -> str:
    """Give a font package's folder without importing it; raises `ModuleNotFoundError` where it is missing."""
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError(f"the font package {package} is not installed", name=package)
    return spec.submodule_search_locations[0]
