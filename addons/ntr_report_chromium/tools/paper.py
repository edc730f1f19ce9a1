"""Page geometry, read from the arguments Odoo builds for wkhtmltopdf.

The arguments are the one place where paper format, attributes of the report and
overrides by other addons come together, so they are read rather than the record.
"""

from dataclasses import dataclass

MM_PER_INCH = 25.4
CSS_DPI = 96.0
POINTS_PER_INCH = 72
DEFAULT_FORMAT = "A4"
DEFAULT_MARGIN = 10.0
# wkhtmltopdf lays a page out 1.25 times wider than the paper, then shrinks it.
SMART_SHRINKING = 0.8
SCALE_LIMITS = (0.1, 2.0)

_FLAGS = {
    "--disable-local-file-access",
    "--disable-smart-shrinking",
    "--header-line",
    "--quiet",
}


@dataclass(frozen=True)
class Paper:
    """A page in millimetres; ``scale`` is paper length per CSS length."""

    width: float
    height: float
    margin_top: float = DEFAULT_MARGIN
    margin_right: float = DEFAULT_MARGIN
    margin_bottom: float = DEFAULT_MARGIN
    margin_left: float = DEFAULT_MARGIN
    header_spacing: float = 0.0
    header_line: bool = False
    scale: float = SMART_SHRINKING

    @property
    def header_top(self):
        """Distance from the paper's edge to the top of the header."""
        return self.margin_top - self.header_spacing

    @property
    def points(self):
        """Width and height in whole points, as wkhtmltopdf gives them."""
        return tuple(
            round(side / MM_PER_INCH * POINTS_PER_INCH)
            for side in (self.width, self.height)
        )

    def css_length(self, millimetres):
        """The CSS length that is printed ``millimetres`` long."""
        return f"{millimetres / self.scale:.4f}mm"

    def print_options(self, margins=True):
        """Parameters of the DevTools command ``Page.printToPDF``."""
        sides = {
            "marginTop": self.margin_top,
            "marginRight": self.margin_right,
            "marginBottom": self.margin_bottom,
            "marginLeft": self.margin_left,
        }
        return {
            "paperWidth": self.width / MM_PER_INCH,
            "paperHeight": self.height / MM_PER_INCH,
            "scale": self.scale,
            **{key: margins * side / MM_PER_INCH for key, side in sides.items()},
        }


def parse_arguments(arguments):
    """Return ``{option: value}``; an option without value maps to ``True``."""
    options = {}
    pending = None
    for argument in map(str, arguments):
        if pending:
            options[pending] = argument
            pending = None
        elif argument in _FLAGS:
            options[argument] = True
        elif argument.startswith("--"):
            pending = argument
    return options


def paper_from_arguments(arguments, sizes):
    """Return the :class:`Paper` that wkhtmltopdf ``arguments`` describe.

    :param sizes: ``{format: (width, height)}`` in millimetres, portrait
    """
    options = parse_arguments(arguments)
    width, height = _paper_size(options, sizes)
    if options.get("--orientation", "").lower() == "landscape":
        width, height = height, width
    return Paper(
        width=width,
        height=height,
        margin_top=_millimetres(options, "--margin-top"),
        margin_right=_millimetres(options, "--margin-right"),
        margin_bottom=_millimetres(options, "--margin-bottom"),
        margin_left=_millimetres(options, "--margin-left"),
        header_spacing=_millimetres(options, "--header-spacing", 0.0),
        header_line="--header-line" in options,
        scale=_scale(options),
    )


def _paper_size(options, sizes):
    if "--page-width" in options and "--page-height" in options:
        return (
            _millimetres(options, "--page-width"),
            _millimetres(options, "--page-height"),
        )
    return sizes.get(options.get("--page-size")) or sizes[DEFAULT_FORMAT]


def _millimetres(options, name, default=DEFAULT_MARGIN):
    value = options.get(name)
    return default if value is None else float(value.removesuffix("mm"))


def _scale(options):
    dpi = float(options.get("--dpi") or CSS_DPI)
    scale = CSS_DPI / dpi
    if "--disable-smart-shrinking" not in options:
        scale *= SMART_SHRINKING
    lowest, highest = SCALE_LIMITS
    return min(max(scale, lowest), highest)
