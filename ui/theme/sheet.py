"""One style sheet, made from the tokens.

Owner thread: any (text only). Only what Qt draws itself is styled here: pages, labels, plain line
editors, lists, tables, scroll bars. Everything else is painted by `ui.widgets`.
"""

from ui.theme.faces import FAMILY, MONO
from ui.theme.tokens import Palette, Tokens


def sheet(tokens: Tokens, colours: Palette, *, scale: float = 1.0) -> str:
    """The application's style sheet.

    Args:
        tokens: All tokens.
        colours: The palette in force.
        scale: Factor on text sizes, >= 1.
    """
    return "\n".join((*_labels(tokens, colours, scale), *_parts(colours)))


def _labels(tokens: Tokens, colours: Palette, scale: float) -> list[str]:
    rules = [
        f'QLabel {{ color: {colours.text}; background: transparent; font-family: "{FAMILY}"; }}'
    ]
    for use, style in tokens.type.items():
        family = MONO if use == "mono" else FAMILY
        rules.append(
            f'QLabel[use="{use}"] {{ font-family: "{family}"; font-weight: {style.weight}; '
            f"font-size: {round(style.px * scale)}px; }}"
        )
    inks = {
        "second": colours.second,
        "bar": colours.bar_text,
        "main": colours.main_text,
        "bad": colours.bad,
        "note": colours.note_text,
    }
    rules += [f'QLabel[ink="{ink}"] {{ color: {colour}; }}' for ink, colour in inks.items()]
    return rules


def _parts(c: Palette) -> list[str]:
    return [
        _rule("QMainWindow, QDialog, QWidget#page", background=c.page),
        _rule("QScrollArea, QScrollArea > QWidget > QWidget", background="transparent", border="0"),
        _rule(
            "QLineEdit, QPlainTextEdit",
            color=c.text,
            background="transparent",
            border="0",
            padding="0",
            selection_background_color=c.chosen_border,
            selection_color=c.card,
        ),
        _rule(
            "QListView",
            background=c.card,
            color=c.text,
            border=f"2px solid {c.control_border}",
            border_radius="12px",
            padding="4px",
            outline="0",
        ),
        _rule("QListView::item", padding="0 12px", border_radius="8px"),
        _rule("QListView::item:selected", background=c.chosen, color=c.chosen_text),
        _rule("QTableView", background=c.card, border="0", outline="0"),
        _rule("QHeaderView", background=c.card, border="0"),
        *_scroll_bars(c),
        _rule(
            "QToolTip",
            background=c.card,
            color=c.text,
            border=f"2px solid {c.control_border}",
            padding="4px",
        ),
    ]


def _scroll_bars(c: Palette) -> list[str]:
    bar = {"background": "transparent", "border": "0", "margin": "0"}
    handle = {"background": c.control_border, "border_radius": "4px"}
    return [
        _rule("QScrollBar:vertical", width="16px", **bar),
        _rule("QScrollBar::handle:vertical", min_height="48px", margin="0 4px", **handle),
        _rule("QScrollBar:horizontal", height="16px", **bar),
        _rule("QScrollBar::handle:horizontal", min_width="48px", margin="4px 0", **handle),
        _rule("QScrollBar::add-line, QScrollBar::sub-line", width="0", height="0"),
        _rule("QScrollBar::add-page, QScrollBar::sub-page", background="transparent"),
    ]


def _rule(selector: str, **values: str) -> str:
    """One rule; `border_radius` stands for `border-radius`."""
    body = " ".join(f"{name.replace('_', '-')}: {value};" for name, value in values.items())
    return f"{selector} {{ {body} }}"
