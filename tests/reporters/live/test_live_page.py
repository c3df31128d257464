"""The page of live mode, and its pictures: closed, readable, to scale."""

import re
from collections.abc import Iterable
from dataclasses import replace
from html.parser import HTMLParser
from xml.etree import ElementTree as ET

import pytest

from idxlint.model import printable
from idxlint.model.evidence import LiveReport, ObservedStatement, Probe, Proof
from idxlint.reporters.live.lanes import Scale, packed, ticks
from idxlint.reporters.live.timeline import NARROW, WIDE, Layout, document, timeline
from idxlint.reporters.live.words import LIMITS
from idxlint.reporters.parts.page import PALETTE
from tests.helpers.live_hostile import EVIL, hostile, only, rendered
from tests.helpers.live_report import PLAIN_PROOF, PROOFS, REPORT, SKIPPED_PROOF, UNIQUE_PROOF

VOID = {"meta", "br", "wbr"}


class Page(HTMLParser):
    """A page as a browser takes it apart; a tag that closes another one than the last open is an error."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Remember it."""
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Remember it."""
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        """It closes the last one."""
        assert tag == self.open.pop()

    def handle_data(self, data: str) -> None:
        """Collect what can be read."""
        self.text += data

    def values(self, name: str) -> list[str | None]:
        """All values of an attribute."""
        return [attrs[name] for _, attrs in self.tags if name in attrs]


@pytest.mark.parametrize("report", [REPORT, hostile(), LiveReport()], ids=["all", "hostile", "empty"])
def test_html_is_one_closed_page(report: LiveReport) -> None:
    """Tags close in order, links lead to the page itself, ids are single, and nothing is loaded or run."""
    page = Page(rendered("html", report))
    ids = page.values("id")

    assert [] == page.open
    assert len(ids) == len(set(ids))
    assert {f"#{name}" for name in ids} == set(page.values("href"))
    assert set() == {tag for tag, _ in page.tags} & {
        "script",
        "link",
        "img",
        "iframe",
        "object",
        "base",
        "b",
        "use",
        "image",
    }
    assert [] == [
        name for _, attrs in page.tags for name in attrs if name.startswith("on") or name in ("src", "style")
    ]


def test_html_shows_what_is_hostile() -> None:
    """Names come through as printable text."""
    assert Page(rendered("html", hostile())).text.count(printable(EVIL)) > 10


@pytest.mark.parametrize(
    "words",
    [
        "7 of 13 proofs confirmed, 1 contradicted, 2 inconclusive, 2 skipped, 1 error",
        "INSERT, UPDATE, DELETE had to wait for the original. Nobody had to wait for the fix.",
        "PostgreSQL refused the original (25001).",
        "still INVALID public.customers_email_key (it said 42P07)",
        "Ran; there was nothing to drop.",
        "Ran in a transaction. Created new storage for orders_region_idx.",
        "waited 112 ms",
        "Waits for writers before validation.",
        'could not be run: role "reporting" does not exist',
        "public.audit got no rows",
        "Not read: migrations/0008_latin1.sql: not UTF-8",
        LIMITS,
    ],
)
def test_html_says(words: str) -> None:
    """Verdict, caption, crashes, notices, gaps and limits are there to read."""
    assert words in Page(rendered("html", REPORT)).text


def test_html_compares_servers() -> None:
    """The table has a column a server, and a proof that one of them lacks is not ticked there."""
    labels = Page(rendered("html", REPORT)).values("data-label")

    assert 7 == labels.count("PostgreSQL 18.4") == labels.count("PostgreSQL 16.10")


@pytest.mark.parametrize("proof", [proof for proof in PROOFS if proof.original], ids=lambda proof: proof.path)
@pytest.mark.parametrize("layout", [WIDE, NARROW], ids=lambda layout: layout.name)
def test_a_picture_speaks(proof: Proof, layout: Layout) -> None:
    """A picture has a role and says in words what it shows."""
    picture = ET.fromstring(timeline(proof, layout))  # noqa: S314, our own

    assert "img" == picture.get("role")
    assert proof.original is not None
    assert " ".join(proof.original.sql.split()) in (picture.get("aria-label") or "")


def svg(proof: Proof) -> ET.Element:
    """The stand-alone picture, taken apart."""
    return ET.fromstring(  # noqa: S314, our own
        document(proof).replace(' xmlns="http://www.w3.org/2000/svg"', "")
    )


def widths(picture: ET.Element, style: str) -> list[float]:
    """The widths of the bars of a style, those of the legend left out."""
    return [float(bar.get("width", "")) for bar in picture.iter("rect") if bar.get("class") == style][
        : -1 if style in ("bad", "good") else None
    ]


def test_both_halves_have_one_scale() -> None:
    """A bar is as long as its time, above and below; who waited is long and red, who passed is a tick."""
    picture = svg(PLAIN_PROOF)
    original, fixed = widths(picture, "work")
    red, green = widths(picture, "bad"), widths(picture, "good")

    assert pytest.approx(120 / 90, rel=0.01) == original / fixed
    assert 3 == len(red)
    assert 1 + 12 == len(green)
    assert min(red) > 10 * max(green)


def test_a_lock_goes_as_far_as_its_evidence() -> None:
    """It is a dot where it was seen; its line ends at a later dot, or with the last probe that waited for it."""
    lines = [line for line in svg(PLAIN_PROOF).iter("line") if line.get("class") == "hold"]
    lengths = [float(line.get("x2", "")) - float(line.get("x1", "")) for line in lines]
    work = widths(svg(PLAIN_PROOF), "work")[0] / 120

    assert pytest.approx([115, 54], abs=0.2) == [length / work for length in lengths]


def test_what_is_broken_stands_out() -> None:
    """An INVALID index, and a crash that a second run does not repair, are set in bold and no other word is."""
    words = re.findall(r'<strong class="?wait"?>(.*?)</strong>', rendered("html", only(UNIQUE_PROOF)))

    assert [
        "INVALID",
        "still INVALID public.customers_email_key (it said 42P07)",
        "public.customers_email_key missing",
    ] == [word.replace("<wbr>", "") for word in words]


def test_a_picture_of_its_own() -> None:
    """It brings its colours for light and dark, and needs nothing else."""
    text = document(PLAIN_PROOF)

    assert "prefers-color-scheme:dark" in text
    assert set() == set(re.findall(r"https?://[^\"]+", text)) - {"http://www.w3.org/2000/svg"}
    assert "Original: CREATE INDEX orders_region_idx" in (svg(PLAIN_PROOF).findtext("title") or "")
    assert "" == document(SKIPPED_PROOF)


def test_a_hostile_picture_is_xml() -> None:
    """What would not be XML is written out."""
    proof = hostile().runs[0].proofs[0]

    assert printable(EVIL)[:20] in "".join(svg(proof).itertext())


@pytest.mark.parametrize("moment", [0.0, 5.0])
def test_a_picture_of_a_moment(moment: float) -> None:
    """A statement that took no time at all is drawn, too."""
    observed = ObservedStatement(0, 1, "SELECT 1", moment, moment, probes=(Probe("SELECT", moment, moment),))

    assert [3.0] == widths(svg(replace(PLAIN_PROOF, original=observed, fixed=())), "work")


@pytest.mark.parametrize("length", [1.0, 9.0, 120.0, 4321.0])
@pytest.mark.parametrize("most", [4, 8])
def test_ticks(length: float, most: int) -> None:
    """An axis has some round times, not too many, and none beyond its end."""
    times = ticks(length, most)

    assert 2 <= len(times) <= most + 1
    assert times[-1] <= length


@pytest.mark.parametrize("width", [20.0, 150.0, 400.0])
@pytest.mark.parametrize("places", [(5, 6, 7, 8, 9, 10), (5, 100, 200, 600, 780, 781), (884, 885, 886)])
def test_labels_do_not_cover_each_other(width: float, places: tuple[float, ...]) -> None:
    """Two labels of a row are apart, and all end inside the picture."""
    labels = packed(places, [width] * len(places), 900)
    boxes = [
        (row, x - width if left else x - 8, x + 8 if left else x + (width if width > 20 else 8))
        for x, row, left in labels
    ]

    assert [] == [
        (box, other)
        for number, box in enumerate(boxes)
        for other in boxes[number + 1 :]
        if box[0] == other[0] and box[1] < other[2] and other[1] < box[2]
    ]
    assert max(end for _, _, end in boxes) <= 900


def test_a_time_outside_stays_inside() -> None:
    """A scale never leaves its plot."""
    scale = Scale(10, 100, 50, 200)

    assert [50, 50, 150, 250, 250] == [scale.x(time) for time in (0, 10, 60, 110, 999)]


def contrast(colour: str, other: str) -> float:
    """The contrast ratio of two colours (WCAG 2.2)."""
    lights = sorted((_luminance(colour), _luminance(other)))
    return (lights[1] + 0.05) / (lights[0] + 0.05)


def _luminance(colour: str) -> float:
    digits = colour * 2 if len(colour) == 3 else colour
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def palettes() -> Iterable[dict[str, str]]:
    """The colours by name, light, dark and for paper."""
    for block in re.findall(r":root\{([^}]*--[^}]*)\}", PALETTE):
        yield dict(re.findall(r"--(\w+):#(\w+)", block))


@pytest.mark.parametrize("ink", ["ink", "quiet", "work", "bad", "good", "warn"])
def test_contrast(ink: str) -> None:
    """All text can be read by weak eyes, in light, in dark and on paper."""
    ratios = [
        contrast(colours[ink], colours[ground]) for colours in palettes() for ground in ("paper", "panel")
    ]

    assert 6 == len(ratios)
    assert min(ratios) >= 4.5
