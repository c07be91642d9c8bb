"""The platform as its monitors see it: components in the order in which data passes them, each with its state. What is true may differ."""

from __future__ import annotations

from collections import Counter
from itertools import groupby

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.events import Click, Resize
from textual.geometry import Region, Size
from textual.reactive import reactive

from console.host.shown import MapNode, MapRow, NodeState, Snapshot
from console.plain.style import Style, width_of
from console.untrusted import untrusted_line
from console.widgets.map_layout import WRAPPED, MapLayout, laid_out, state_words
from console.widgets.plain_text import STATE_STYLES, PlainText, content, joined

_SIGNS = Style()
_TROUBLE = ("firing", "failed", "late", "pending", "silenced", "running", "none")
"""States by how much they ask for a look."""


class PlatformMap(Vertical, can_focus=True):
    """The map over a line that counts states. Arrow keys walk over it, and then the line says what watches a component and why it is in its state."""

    DEFAULT_CSS = """
    PlatformMap {
        & > #map-body { height: auto; max-height: 100%; scrollbar-size-vertical: 1; }
        & > #map-body > PlainText { text-wrap: nowrap; }
        & > #map-told { dock: bottom; height: 1; text-overflow: ellipsis; text-wrap: nowrap; }
        &:focus > #map-told { height: 2; text-wrap: wrap; }
    }
    """
    BORDER_TITLE = "Platform f2"
    BINDINGS = [
        Binding("left", "walk(-1)", "Component before", show=False),
        Binding("right", "walk(1)", "Next component", show=False),
        Binding("up", "climb(-1)", "Component above", show=False),
        Binding("down", "climb(1)", "Component below", show=False),
    ]

    snapshot: reactive[Snapshot | None] = reactive(None, repaint=False)
    rows: reactive[tuple[MapRow, ...]] = reactive((), repaint=False)
    chosen: reactive[str] = reactive("", repaint=False)
    """The component that the keys are on; empty before anybody chose one."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._body = PlainText()
        self._scroll = VerticalScroll(self._body, id="map-body", can_focus=False)
        self._told = PlainText(id="map-told")
        self._layout_now = MapLayout((), 0)
        self._beneath = True
        self._around = Size(0, 0)
        self._drawn = Content("")

    def compose(self) -> ComposeResult:
        yield self._scroll
        yield self._told

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        # The line below is docked, and so not counted otherwise.
        return self._laid_out(width, beneath=self._beneath).height + self._told_height

    def watch_snapshot(self) -> None:
        self._choose_worst()
        self._look_again()

    def watch_rows(self) -> None:
        self._choose_worst()
        self._try_beneath()

    def on_mount(self) -> None:
        self.call_after_refresh(self._try_beneath)

    def on_resize(self, event: Resize) -> None:
        if event.container_size != self._around:
            self._around = event.container_size
            self._try_beneath()
        else:
            self._look_again()

    def watch_has_focus(self, _has_focus: bool) -> None:
        super().watch_has_focus(_has_focus)
        self._choose_worst()
        self._draw()
        # The line below has two lines while somebody is here.
        self.call_after_refresh(self.refresh, layout=True)

    def watch_chosen(self) -> None:
        self._draw()
        place = next((place for place in self._layout_now.places if place.id == self.chosen), None)
        if place is not None:
            self._scroll.scroll_to_region(Region(place.x, place.y, place.width, place.height), animate=False)

    def action_walk(self, step: int) -> None:
        """To the component before or after this one in the order of the data."""
        if self._layout_now.places:
            self.chosen = self._layout_now.beside(self.chosen, step).id

    def action_climb(self, direction: int) -> None:
        """To the nearest component on the line above or below."""
        if self._layout_now.places:
            self.chosen = self._layout_now.above_or_below(self.chosen, direction).id

    def on_click(self, event: Click) -> None:
        at = event.get_content_offset(self._body)
        place = self._layout_now.at(at.x, at.y) if at is not None else None
        if place is not None:
            self.chosen = place.id

    @property
    def _told_height(self) -> int:
        return 2 if self.has_focus else 1

    @property
    def _states(self) -> dict[str, NodeState]:
        return {node.id: node for node in self.snapshot.nodes} if self.snapshot is not None else {}

    @property
    def _words(self) -> dict[str, str]:
        return {id: node.state for id, node in self._states.items()}

    def _choose_worst(self) -> None:
        """Begin where a look is wanted most, once somebody is here."""
        nodes = [node.id for row in self.rows for node in row.nodes]
        if self.has_focus and not self.chosen and nodes and self.snapshot is not None:
            self.chosen = min(nodes, key=lambda id: _rank(self._words.get(id, "none")))

    def _try_beneath(self) -> None:
        """States beneath the labels, which reads best; where that needs more lines than there are, behind them."""
        self._beneath = True
        self._draw()
        self.call_after_refresh(self._compress)

    def _look_again(self) -> None:
        """Draw; with states beneath again where they are behind though there is room, as after a choice that was made before the map had its place."""
        if self.is_mounted and not self._beneath and self._laid_out(self.scrollable_content_region.width, beneath=True).height <= self.size.height - self._told_height:
            self._try_beneath()
        else:
            self._draw()

    def _compress(self) -> None:
        lines = self.size.height - self._told_height
        if self._beneath and self.size.height and self._layout_now.height > lines:
            behind = self._laid_out(self._scroll.scrollable_content_region.width, beneath=False)
            if behind.height < self._layout_now.height:
                self._beneath = False
                self._draw()

    def _laid_out(self, width: int, *, beneath: bool) -> MapLayout:
        return laid_out(self.rows, self._words, width, beneath=beneath)

    def _draw(self) -> None:
        if self.snapshot is None or not self.is_mounted or not self._scroll.size.width:
            return
        self._layout_now = self._laid_out(self._scroll.scrollable_content_region.width, beneath=self._beneath)
        text = map_text(self._layout_now, self._words, self.chosen if self.has_focus else "")
        if not text.is_same(self._drawn):
            self._drawn = text
            # Its height as a style: what is updated before the widget was painted once may not be laid out again.
            self._body.styles.height = max(self._layout_now.height, 1)
            self._body.update(text, layout=False)
        self._told.update(self._told_text(), layout=False)

    def _told_text(self) -> Content:
        node = next((node for row in self.rows for node in row.nodes if node.id == self.chosen), None)
        if node is None or not self.has_focus:
            return summary(tuple(self._states.values()))
        return node_text(node, self._states.get(node.id))


def map_text(layout: MapLayout, states: dict[str, str], chosen: str) -> Content:
    """The map as lines; the chosen component stands out."""
    lines: list[Content] = []
    for _, group in groupby(layout.places, key=lambda place: place.y):
        places = list(group)
        top: list[Content] = []
        below: list[Content] = []
        column = 0
        for place in places:
            arrow = WRAPPED if place.wrapped else " " + "─" * (place.x - column - 3) + "▶ " if place.x else ""
            label = content(place.label, "reverse bold" if place.id == chosen else "bold")
            state = content(place.state, STATE_STYLES[_SIGNS.state_colour(states.get(place.id, "none"))])
            top += [content(arrow, "dim"), label]
            column = place.x + width_of(place.label)
            if place.beneath:
                below += [Content(" " * (place.x - sum(part.cell_length for part in below))), state]
            else:
                top += [Content(" "), state]
                column += 1 + width_of(place.state)
        lines.append(Content("").join(top))
        if below:
            lines.append(Content("").join(below))
    return Content("\n").join(lines)


def node_text(node: MapNode, state: NodeState | None) -> Content:
    """What a component is, its state and why, and what watches it."""
    word = state.state if state is not None else "none"
    said = joined((untrusted_line(node.label), "bold"), "  ", content(state_words(word), STATE_STYLES[_SIGNS.state_colour(word)]))
    if not node.monitors:
        return joined(said, "  no monitor watches this")
    why = f": {state.why}" if state is not None and state.why else ""
    return joined(said, untrusted_line(f"{why}  watched by {', '.join(node.monitors)}"))


def summary(states: tuple[NodeState, ...]) -> Content:
    """How many components are in which state, the worst first."""
    counts = Counter(node.state for node in states)
    parts = [content(f"{state_words(state)} {counts[state]}", STATE_STYLES[_SIGNS.state_colour(state)]) for state in sorted(counts, key=_rank)]
    return Content("  ").join(parts)


def _rank(state: str) -> int:
    return _TROUBLE.index(state) if state in _TROUBLE else len(_TROUBLE)
