"""Faces, icons and the style sheet that dress the application."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QRectF
from PySide6.QtGui import QFont, QFontDatabase, QFontInfo, QFontMetricsF, QPainter, QRawFont
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from parking.errors import BugError
from ui.theme import Icon, Theme, apply_theme, icon_image, look
from ui.theme import faces as faces_module
from ui.theme import icons as icons_module
from ui.theme.faces import FAMILY, FONT_FOLDER, MONO, WEIGHTS, check_faces, face, load_faces
from ui.theme.icons import ICON_FOLDER, paint_icon
from ui.theme.look import Look, product_tokens
from ui.theme.sheet import sheet


@pytest.fixture(autouse=True)
def app(qapp: QApplication) -> Iterator[QApplication]:
    apply_theme(qapp, Theme.DAY)
    yield qapp
    apply_theme(qapp, Theme.DAY)


# --- faces -------------------------------------------------------------------------------------


@pytest.mark.parametrize("weight", WEIGHTS)
def test_every_weight_is_the_real_one(weight: int) -> None:
    info = QFontInfo(face(weight, 32))
    assert (info.family(), info.weight()) == (FAMILY, weight)


@pytest.mark.parametrize("weight", WEIGHTS)
def test_digits_have_one_width(weight: int) -> None:
    measure = QFontMetricsF(face(weight, 100))
    assert len({round(measure.horizontalAdvance(digit), 3) for digit in "0123456789"}) == 1


def test_every_letter_of_the_languages_is_in_the_faces() -> None:
    letters = "áéíóúüñ¿¡èòàąćęłńóśźżĄĆĘŁŃÓŚŹŻ·±$%-0OIl1"
    for weight in WEIGHTS:
        raw = QRawFont.fromFont(face(weight, 20))
        assert not [letter for letter in letters if not raw.supportsCharacter(ord(letter))]


def test_zero_is_not_the_letter_and_one_is_not_i() -> None:
    def picture(letter: str) -> bytes:
        image = icon_image(Icon.CHECK, 64, colour="#FFFFFF")
        image.fill(0)
        painter = QPainter(image)
        painter.setFont(face(800, 48))
        painter.drawText(QRectF(0, 0, 64, 64), letter)
        painter.end()
        return bytes(image.constBits())

    assert len({picture(letter) for letter in "0O1IlB8"}) == 7


def test_the_face_for_hashes_is_there() -> None:
    assert QFontInfo(face(400, 16, mono=True)).family() == MONO


def test_a_file_that_is_no_face_is_named(tmp_path: Path) -> None:
    (tmp_path / "Broken.ttf").write_bytes(b"no face")
    with pytest.raises(BugError, match=r"Broken\.ttf"):
        load_faces(tmp_path)


def test_a_missing_family_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(faces_module, "MONO", "No Such Mono")
    with pytest.raises(BugError, match="No Such Mono is missing"):
        check_faces()


def test_a_weight_that_draws_like_another_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    # 300 is not bundled: Qt silently takes a neighbour, which is what the check is for.
    monkeypatch.setattr(faces_module, "WEIGHTS", (300, 400))
    with pytest.raises(BugError, match="draw the same"):
        check_faces()


def test_another_family_in_its_place_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(faces_module, "face", lambda _weight, _px: QFont(MONO))
    with pytest.raises(BugError, match="became IBM Plex Mono"):
        check_faces()


def test_licences_lie_beside_faces_and_icons() -> None:
    for name in ("OFL-AtkinsonHyperlegibleNext.txt", "OFL-IBMPlexMono.txt"):
        assert "SIL OPEN FONT LICENSE" in (FONT_FOLDER / name).read_text().upper()
    assert "ISC License" in (ICON_FOLDER / "LICENSE-lucide.txt").read_text()


def test_loading_twice_adds_nothing() -> None:
    before = QFontDatabase.families()
    load_faces()
    assert QFontDatabase.families() == before


# --- icons -------------------------------------------------------------------------------------


@pytest.mark.parametrize("icon", Icon)
def test_every_icon_draws_in_its_colour_only(icon: Icon) -> None:
    image = icon_image(icon, 48, colour="#A3121F")
    pixels = [image.pixelColor(x, y) for x in range(48) for y in range(48)]
    solid = [pixel for pixel in pixels if pixel.alpha() > 200]
    assert solid
    assert all(
        abs(p.red() - 0xA3) + abs(p.green() - 0x12) + abs(p.blue() - 0x1F) < 6 for p in solid
    )


def test_every_drawing_has_a_name() -> None:
    assert {path.stem for path in ICON_FOLDER.glob("*.svg")} == {icon.value for icon in Icon}


def test_a_missing_drawing_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("ui.theme.icons.ICON_FOLDER", tmp_path)
    monkeypatch.setattr("ui.theme.icons._drawing", _uncached("_drawing"))
    with pytest.raises(BugError, match=r"camera\.svg is missing"):
        _uncached("_renderer")(Icon.CAMERA, "#000000", 2.0)


def test_a_broken_drawing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ui.theme.icons._drawing", lambda _icon: "")
    with pytest.raises(BugError, match="camera is no drawing"):
        _uncached("_renderer")(Icon.CAMERA, "#000000", 2.0)


def _uncached(name: str) -> Callable[..., Any]:
    function: Callable[..., Any] = getattr(icons_module, name).__wrapped__
    return function


def test_an_icon_scales() -> None:
    image = icon_image(Icon.CHECK, 96, colour="#000000")
    painter = QPainter(image)
    paint_icon(painter, Icon.CROSS, QRectF(0, 0, 96, 96), colour="#000000", stroke=3)
    painter.end()
    assert image.pixelColor(48, 48).alpha() == 255


# --- look --------------------------------------------------------------------------------------


def test_the_look_in_force_is_what_was_applied(app: QApplication) -> None:
    now = apply_theme(app, Theme.CONTRAST, profile="kiosk", text_scale=1.5, reduced_motion=True)
    assert look() is now
    assert (now.theme, now.profile.place, now.reduced_motion) == (Theme.CONTRAST, "kiosk", True)
    assert now.scale == pytest.approx(1.5 * now.profile.panel_scale(28))
    assert now.palette is now.tokens.themes[Theme.CONTRAST]
    assert app.palette().window().color().name().upper() == now.palette.page


def test_only_another_look_restyles_the_windows(app: QApplication, qtbot: QtBot) -> None:
    restyled: list[Theme] = []

    class Part(QLabel):
        def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
            if event.type() == QEvent.Type.StyleChange:
                restyled.append(look().theme)
            super().changeEvent(event)

    part = Part("words")
    qtbot.addWidget(part)
    part.show()
    restyled.clear()
    apply_theme(app, Theme.DAY)
    assert restyled == []
    apply_theme(app, Theme.NIGHT)
    assert set(restyled) == {Theme.NIGHT}


def test_a_measured_panel_can_be_given(app: QApplication) -> None:
    panel = product_tokens().profiles["officer_10"]
    assert apply_theme(app, Theme.DAY, profile=panel).target("officer_action") == 92


def test_an_unknown_profile_is_refused(app: QApplication) -> None:
    with pytest.raises(BugError, match="no device profile named toaster"):
        apply_theme(app, Theme.DAY, profile="toaster")


@pytest.mark.parametrize("scale", [0.5, 2.5])
def test_a_text_scale_out_of_range_is_refused(app: QApplication, scale: float) -> None:
    with pytest.raises(BugError, match="not within"):
        apply_theme(app, Theme.DAY, text_scale=scale)


def test_a_kiosk_has_no_night(app: QApplication) -> None:
    with pytest.raises(BugError, match="kiosk has no night"):
        apply_theme(app, Theme.NIGHT, profile="kiosk")


def test_an_unknown_type_style_is_refused() -> None:
    with pytest.raises(BugError, match=r"no type style named officer\.shout"):
        look().style("officer.shout")


def test_a_least_size_does_not_grow_with_the_persons_wish() -> None:
    def at(scale: float) -> Look:
        tokens = product_tokens()
        return Look(
            theme=Theme.DAY,
            tokens=tokens,
            profile=tokens.profiles["officer"],
            text_scale=scale,
        )

    assert at(2.0).text_px("officer.reason") == 2 * at(1.0).text_px("officer.reason")
    assert at(2.0).least_px("officer.reason") == at(1.0).least_px("officer.reason")
    assert at(1.25).grown(64) == 80
    assert at(1.3).grown(64) % 4 == 0
    assert at(1.0).font("officer.answer").pixelSize() == 72


# --- sheet -------------------------------------------------------------------------------------


def test_the_sheet_styles_labels_by_use() -> None:
    label = QLabel("Checks")
    label.setProperty("use", "desk.number")
    label.ensurePolished()
    assert label.font().pixelSize() == look().style("desk.number").px
    assert label.font().weight() == 800
    assert label.font().family() == FAMILY


def test_a_label_keeps_digits_of_one_width_under_the_sheet() -> None:
    label = QLabel("111")
    label.setProperty("use", "desk.number")
    label.ensurePolished()
    measure = QFontMetricsF(label.font())
    assert measure.horizontalAdvance("1") == measure.horizontalAdvance("0")


def test_the_sheet_uses_only_what_qt_understands() -> None:
    tokens = product_tokens()
    for theme in Theme:
        text = sheet(tokens, tokens.themes[theme])
        for word in ("box-shadow", "transition", "999px", "line-height", "font-feature"):
            assert word not in text
        assert text.count("{") == text.count("}")


def test_the_faces_in_the_tree_are_the_ones_that_were_loaded(tmp_path: Path) -> None:
    shutil.copy(next(FONT_FOLDER.glob("*Bold.ttf")), tmp_path / "copy.ttf")
    assert len(list(FONT_FOLDER.glob("*.ttf"))) == 6
