"""Layouts of apps and devices, as data: a new app is a new entry here and a test.

Column names are matched in lower case without accents. A rename turns the app's own name into one that
`gait.io.names` reads, so that unit, kind and axis are said in one place.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from gait.io.names import plain
from gait.io.text import Layout

Sign = Literal["android", "ios", ""]


@dataclass(frozen=True)
class FormatSpec:
    """What is known about the files of one app or device.

    Attributes
    ----------
    name : str
        Name for reports.
    header : tuple of str
        Patterns; each must match a whole column name.
    absent : tuple of str
        Patterns that must match no column name.
    preamble : str
        Pattern that must be found above the header.
    row : str
        Pattern for the first rows of a file without header.
    names : tuple of str
        Column names for a file without header.
    rename : tuple of (str, str)
        Pattern for a column name and the name to read instead.
    files : tuple of (str, str)
        Pattern for the file name and the name for the columns x, y, z (``{}`` is the axis).
    time : tuple of str
        Patterns of time columns, the best first.
    prefer : tuple of str
        Patterns of the accelerometer to take where there are several.
    sign : {"android", "ios", ""}
        ``"android"``: +1 g on the axis that points up at rest; ``"ios"``: the negative; empty: not known.
    ios_if_g : bool
        Whether g is the unit of iOS and m/s² that of Android in this app, so that the unit tells the sign.
    rate : str
        Pattern with one group: samples per second in the preamble.
    unit : str
        Acceleration unit where the columns state none.
    earth_frame : bool
        Whether gravity-removed acceleration is turned into the frame of the earth.
    skip_rows : int
        Rows of numbers at the top that are no samples.
    """

    name: str
    header: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    preamble: str = ""
    row: str = ""
    names: tuple[str, ...] = ()
    rename: tuple[tuple[str, str], ...] = ()
    files: tuple[tuple[str, str], ...] = ()
    time: tuple[str, ...] = ()
    prefer: tuple[str, ...] = ()
    sign: Sign = ""
    ios_if_g: bool = False
    rate: str = ""
    unit: str = ""
    earth_frame: bool = False
    skip_rows: int = 0


_XYZ_G = ("acc x (g)", "acc y (g)", "acc z (g)")
_XYZ_MS2 = ("acc x (m/s^2)", "acc y (m/s^2)", "acc z (m/s^2)")
_XYZ_DPS = ("gyro x (deg/s)", "gyro y (deg/s)", "gyro z (deg/s)")

_SENSOR_LOGGER_FILES = (
    (r"uncalibrated.*(gyro|magn)|(gyro\w*|magn\w*)uncalibrated", "gyroscope {}"),
    (r"accelerometer_?uncalibrated", "acceleration {}"),
    (r"total_?acceleration", "acceleration {} (m/s^2)"),
    (r"gravity", "gravity {}"),
    (r"gyro", "gyroscope {} (rad/s)"),
    (r"magnet", "magnetometer {}"),
    (r"orientation|rotation|attitude|compass", "orientation {}"),
    (r"watch_?acc", "acceleration {}"),
    (r"accelerometer", "linear acceleration {} (m/s^2)"),
)

_USUAL_FILES = (
    (r"gyr(o|_|\b)|rotation_?rate|angular", "gyroscope {}"),
    (r"magn|compass|magnet", "magnetometer {}"),
    (r"gravity", "gravity {}"),
    (r"orientation|euler|quat|rotation|attitude|position|mocap|marker|gps|location", "orientation {}"),
    (r"lin(ear)?[ _-]?acc|user[ _-]?acc|free[ _-]?acc|without[ _]?g", "linear acceleration {}"),
    (r"acc", "acceleration {}"),
)

SPECS: tuple[FormatSpec, ...] = (
    FormatSpec(
        "Sensor Logger, Apple Watch (WristMotion)",
        header=(r"seconds_elapsed", r"rotationratex", r"gravityx", r"accelerationx"),
        rename=(
            (r"acceleration([xyz])", r"user acceleration \1 (g)"),
            (r"gravity([xyz])", r"gravity \1 (g)"),
            (r"rotationrate([xyz])", r"gyroscope \1 (rad/s)"),
        ),
        time=("time", "seconds_elapsed"),
        sign="ios",
    ),
    FormatSpec(
        "Sensor Logger",
        header=(r"seconds_elapsed", r"x"),
        files=_SENSOR_LOGGER_FILES,
        time=("time", "seconds_elapsed"),
        ios_if_g=True,
    ),
    FormatSpec(
        "Sensor Logger, header edited by hand",
        header=(r"seconds_elapsed",),
        ios_if_g=True,
        rename=(
            (r"acceleration[ _]?([xyz])", r"linear acceleration \1 (m/s^2)"),
            (r"accelerometer ([xyz]) \(m/s\^2\)", r"acceleration \1 (m/s^2)"),
        ),
    ),
    FormatSpec(
        "Beiwe",
        header=(r"timestamp", r"utc time", r"accuracy", r"x", r"y", r"z"),
        files=_USUAL_FILES,
        time=("timestamp", "utc time"),
        ios_if_g=True,
    ),
    FormatSpec(
        "phyphox",
        header=(r"time \(s\)", r"x \(m/s\^2\)"),
        files=(
            (r"linear|without[ _]?g", "linear acceleration {} (m/s^2)"),
            (r"gravity", "gravity {} (m/s^2)"),
            (r"acc", "acceleration {} (m/s^2)"),
        ),
        sign="android",
    ),
    FormatSpec(
        "phyphox",
        header=(r"time \(s\)", r"(linear )?acceleration x \(m/s\^2\)"),
        absent=(r"gyroscope.*deg.*",),
        sign="android",
    ),
    FormatSpec(
        "SensorLog, iPhone or Apple Watch",
        header=(r"loggingtime\(txt\)",),
        time=(r"accelerometertimestamp_sincereboot\(s\)", r"motiontimestamp_sincereboot\(s\)", r"loggingtime\(txt\)"),
        prefer=(r"accelerometer acceleration",),
        sign="ios",
    ),
    FormatSpec(
        "Physics Toolbox, iOS",
        header=(r"time", r"gfx", r"gfy", r"gfz", r"gftotal"),
        sign="ios",
    ),
    FormatSpec(
        "Physics Toolbox",
        header=(r"time", r"gfx", r"gfy", r"gfz"),
        rename=(
            (r"a([xyz])", r"linear acceleration \1 (m/s^2)"),
            (r"w([xyz])", r"gyroscope \1 (rad/s)"),
            (r"b([xyz])", r"magnetometer \1"),
        ),
        prefer=(r"gf",),
        sign="android",
    ),
    FormatSpec(
        "AndroSensor",
        header=(r"accelerometer x \(m/s.*\)",),
        absent=(r"seconds_elapsed",),
        time=(r"time since start in ms", r"yyyy-mo-dd.*"),
        sign="android",
    ),
    FormatSpec(
        "iOS logger (Date;Timestamp;DeviceOrientation)",
        header=(r"date", r"timestamp", r"deviceorientation", r"accelerationx"),
        time=("timestamp", "date"),
        sign="ios",
    ),
    FormatSpec(
        "Sensor Record",
        header=(r"milliseconds", r"x", r"y", r"z"),
        time=("milliseconds", "timestamp"),
        sign="android",
    ),
    FormatSpec(
        "iOS device motion (CMDeviceMotion, as in MotionSense)",
        header=(r"(motion)?user_?acceleration[._]?x.*",),
        rename=(
            (r"useracceleration\.([xyz])", r"user acceleration \1 (g)"),
            (r"gravity\.([xyz])", r"gravity \1 (g)"),
            (r"(?:motion)?rotation_?rate[._]?([xyz])", r"gyroscope \1 (rad/s)"),
        ),
        sign="ios",
    ),
    FormatSpec(
        "Polar Sensor Logger",
        header=(r"phone timestamp", r"sensor timestamp \[ns\]"),
        time=(r"sensor timestamp \[ns\]", r"phone timestamp"),
    ),
    FormatSpec(
        "Movella (Xsens) DOT",
        header=(r"packetcounter", r"sampletimefine"),
        rename=(
            (r"freeacc_([xyz])", r"linear acceleration \1 (m/s^2)"),
            (r"acc_([xyz])", r"acceleration \1 (m/s^2)"),
            (r"gyr_([xyz])", r"gyroscope \1 (deg/s)"),
            (r"sampletimefine", "time (us)"),
        ),
        rate=r"OutputRate:\W*(\d+(?:\.\d+)?)\s*Hz",
        sign="android",
        earth_frame=True,
    ),
    FormatSpec(
        "MetaMotion (MbientLab)",
        header=(r"epoch? \(ms\)", r"elapsed \(s\)", r"x-axis \((g|deg/s)\)"),
        time=(r"epoch? \(ms\)", r"elapsed \(s\)"),
    ),
    FormatSpec(
        "Shimmer (Consensys)",
        header=(r"\w+_timestamp_\w*cal",),
        prefer=(r"accel ln", r"accel wr"),
    ),
    FormatSpec(
        "ActiGraph",
        header=(r"accelerometer x", r"accelerometer y", r"accelerometer z"),
        preamble=r"Created By ActiGraph",
        rename=(
            (r"accelerometer ([xyz])", r"acceleration \1 (g)"),
            (r"gyroscope ([xyz])", r"gyroscope \1 (deg/s)"),
        ),
        rate=r"\bat (\d+(?:\.\d+)?) ?Hz",
        sign="android",
    ),
    FormatSpec(
        "GENEActiv",
        preamble=r"GENEActiv",
        row=r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d[:.]\d{3}(,-?[\d.]+){3,6}",
        names=("time", *_XYZ_G, "light (lux)", "button", "temperature"),
        rate=r"Measurement Frequency,(\d+(?:\.\d+)?) ?Hz",
    ),
    FormatSpec(
        "Axivity",
        row=r"(1\d{9}\.\d{4}|\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3})(,-?\d+\.\d{4,6}){3}(,-?\d+(\.\d+)?){0,3}",
        names=("time", *_XYZ_G, *_XYZ_DPS),
        sign="android",
    ),
    FormatSpec(
        "Empatica E4",
        row=r"1\d{9}(\.0+)?(, *1\d{9}(\.0+)?){2}",
        names=("acc x", "acc y", "acc z"),
        unit="1/64 g",
        skip_rows=2,
    ),
    FormatSpec(
        "Android raw logger (nanoseconds since boot, x, y, z)",
        row=r"\d{11,19}(,-?\d+\.\d+(E-?\d+)?){3}(,\d+)*",
        names=("time (ns)", *_XYZ_MS2),
        sign="android",
    ),
    FormatSpec(
        "Android raw logger (nanoseconds since boot, accuracy, x, y, z)",
        row=r"\d{11,19},[0-3](,-?\d+\.\d+(E-?\d+)?){3}(,\d+)*",
        names=("time (ns)", "accuracy", *_XYZ_MS2),
        sign="android",
    ),
    FormatSpec(
        "WISDM",
        row=r"\d+,[A-Za-z]+,\d{9,19},-?[\d.]+(E-?\d+)?,-?[\d.]+(E-?\d+)?,-?[\d.]+(E-?\d+)?;?,?",
        names=("user", "activity", "time (ns)", *_XYZ_MS2),
        sign="android",
    ),
    FormatSpec(
        "PicoQuake",
        header=(r"count", r"a_x", r"a_y", r"a_z"),
        preamble=r"PicoQuake",
        rename=((r"a_([xyz])", r"acceleration \1 (g)"), (r"g_([xyz])", r"gyroscope \1 (deg/s)")),
        rate=r"data_rate\s*=\s*(\d+(?:\.\d+)?)\s*Hz",
    ),
)

GENERIC = FormatSpec(
    "generic text",
    files=_USUAL_FILES,
    rate=r"(?i)(?:sampl\w*|data|output|measurement|recording)[ _-]*(?:rate|freq\w*)[^\d\n]{0,14}(\d+(?:\.\d+)?) ?Hz",
)
"""For every file that no entry knows: only what header, file name and numbers say."""


def identify(layout: Layout) -> FormatSpec:
    """The layout that a text file follows, or `GENERIC`.

    Parameters
    ----------
    layout : Layout
        What `gait.io.text.sniff` found.
    """
    names = [plain(name) for name in layout.names or ()]
    top = "\n".join(layout.preamble)
    return next((spec for spec in SPECS if _matches(spec, names, top, layout)), GENERIC)


def _matches(spec: FormatSpec, names: Sequence[str], top: str, layout: Layout) -> bool:
    if spec.preamble and not re.search(spec.preamble, top):
        return False
    if spec.row:
        if names:
            return False
        rows = [layout.delimiter.join(row) for row in layout.rows[: 1 if spec.skip_rows else 5]]
        return all(re.fullmatch(spec.row, row) for row in rows) and (not spec.skip_rows or _is_e4_rate(layout))
    if any(re.fullmatch(pattern, name) for pattern in spec.absent for name in names):
        return False
    return all(any(re.fullmatch(pattern, name) for name in names) for pattern in spec.header)


def _is_e4_rate(layout: Layout) -> bool:
    """Whether the second row repeats one plausible rate."""
    cells = {float(cell) for cell in layout.rows[1] if re.fullmatch(r"\d+(\.0+)?", cell)}
    return len(cells) == 1 and 1 <= cells.pop() <= 400


def stated_rate_hz(spec: FormatSpec, layout: Layout) -> float | None:
    """Samples per second that the preamble states, or None [Hz].

    Parameters
    ----------
    spec : FormatSpec
        From `identify`.
    layout : Layout
        What `gait.io.text.sniff` found.
    """
    if spec.skip_rows:
        return float(layout.rows[1][0])
    pattern = spec.rate or GENERIC.rate
    found = re.search(pattern, "\n".join(layout.preamble))
    return float(found[1]) if found and 0 < float(found[1]) <= 10_000 else None
