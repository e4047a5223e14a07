"""Column names -> what the column holds: kind of quantity, axis and unit."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

Kind = Literal[
    "acceleration", "linear", "gravity", "gyroscope", "magnetometer", "orientation", "time", "index", "location",
    "speed", "course", "counts", "gait_table", "statistic", "magnitude", "text", "other",
]  # fmt: skip


@dataclass(frozen=True)
class Column:
    """What the name of a column says.

    Attributes
    ----------
    position : int
        Place in the file, from 0.
    name : str
        The name as found.
    kind : str
        Kind of quantity; ``"other"`` when the name does not tell.
    axis : str
        ``"x"``, ``"y"``, ``"z"`` or ``""``.
    unit : str
        Unit as this package writes it (``"m/s^2"``, ``"rad/s"``, ``"ms"``), ``""`` when not stated.
    stem : str
        Name without axis and unit: the same for the three axes of one sensor.
    """

    position: int
    name: str
    kind: Kind
    axis: str
    unit: str
    stem: str


# each unit once: how it is written after lower-casing and removal of blanks
_UNITS: tuple[tuple[str, str], ...] = (
    (r"cm/s(\^|\*\*)?2|cm/s/s|gal", "cm/s^2"),
    (
        r"m/\(?s(\^|\*\*)?2\)?|m/s/s|m/sec(\^)?2|m/sec/sec|m\.?\*?s\^?-2|ms\^-2|m/ss|ms2|mps2|m_s2|m/s\^\{2\}|mpss"
        r"|meterspersecondsquared",
        "m/s^2",
    ),
    (r"mg|milli-?g|mgee|millig", "mg"),
    (r"g|gs|g-?force|gravities|gn|g's", "g"),
    (r"rad/s(ec)?|rads?|rads/s|radps|rad\.?s\^?-1|rad/second|rad_s", "rad/s"),
    (r"d/s|deg/s(ec)?|degrees?/s(ec(ond)?)?|°/s(ec)?|dps|deg_s|degps|degs", "deg/s"),
    (r"mdps|mdeg/s", "mdeg/s"),
    (r"ut|µt|microtesla|gauss|mgauss|local_flux|nt", "uT"),
    (r"counts?|lsb|raw|no_?units?|adc|bits?", "counts"),
    (r"ns|nsec|nanos(econds?)?", "ns"),
    (r"us|µs|usec|micros(econds?|ec)?|microsec", "us"),
    (r"ms|msec|millis(econds?|ec)?|ms_epoch|epochms", "ms"),
    (r"s|secs?|seconds?", "s"),
    (r"km/h|kmh|kph", "km/h"),
    (r"m/s|ms-1|mps", "m/s"),
    (r"txt|string", "txt"),
    (r"°|deg|degrees?|rad|radians?", "angle"),
    (r"hz", "Hz"),
)
_UNIT_PATTERNS = tuple((re.compile(pattern), unit) for pattern, unit in _UNITS)
ACCELERATION_UNITS = frozenset({"m/s^2", "g", "mg", "cm/s^2", "counts"})
RATE_UNITS = frozenset({"rad/s", "deg/s", "mdeg/s"})
TIME_UNITS = frozenset({"s", "ms", "us", "ns"})

# a unit as the last part of a name counts only where the kind allows it
_SUFFIX_UNITS = {
    "time": {"s", "sec", "secs", "seconds", "ms", "msec", "millis", "milliseconds", "us", "usec", "micros", "microsec",
             "microseconds", "ns", "nsec", "nanos", "nanoseconds"},
    "acceleration": {"g", "gs", "mg", "ms2", "mps2", "mss", "mpss", "counts", "raw", "lsb", "cms2"},
    "gyroscope": {"dps", "rads", "radps", "degs", "degps", "mdps", "raw", "counts"},
}  # fmt: skip

# first match wins; the key is the name in lower case without accents, its parts joined by one blank
_KINDS: tuple[tuple[Kind, str], ...] = (
    ("statistic", r"\b(mean|std|stdev|var|variance|min|max|median|mad|rms|rmse|iqr|skew\w*|kurt\w*|entropy|energy|fft|"
                  r"corr\w*|sma|arcoeff|bands\w*|feature|jerk|psd|peak\w*|derivative|displacement|position|pos|"
                  r"normali[sz]ed|standardi[sz]ed|scaled|covariance|cov|accuracy|calibration|offset|bias|range|error)\b"),
    ("gait_table", r"\b(stride|strides|cadence|stance|swing|support|double|asymmetry|gait|step length|step width|"
                   r"step time|step duration|steptime|pace|footstrike|ground contact)\b"),
    ("counts", r"\b(vector magnitude|inclinometer\w*|activity counts?|epoch counts?|counts|axis ?[123]|"
               r"(activity|energy) ?(kcal|expenditure)|steps|step count|vm|kcals?|mets?|enmo|imputed)\b"),
    ("magnitude", r"\b(abs|absolute|magnitude|norm|total|resultant|gf ?total|svm|amag|g ?force)\b"),
    ("location", r"\b(lat|latitude|lon|lng|long|longitude|altitude|alt|height|elevation|satellites?|sats|hdop|"
                 r"horizontal accuracy|vertical accuracy|location|distance|gps)\b"),
    ("gyroscope", r"\b(gyr|gyro|gyroscope|gyros|gyroscopes|rotation rate|rotationrate|rot rate|angular|angvel|omega|"
                  r"rotation speed|gyroskop|giroscopio|giroscopo|rr)\b"),
    ("magnetometer", r"\b(mag|magnetometer|magnetic|magn|magnet|compass|magnetfeld)\b"),
    ("orientation", r"\b(quat\w*|roll|pitch|yaw|euler|attitude|azimuth|orientation|heading|rotation vector|q[wxyz]|"
                    r"rotation|direction|orient|q [wxyz0123])\b"),
    ("linear", r"\b(linear|lineare|lineal|lineaire|linacc|lin|useracceleration|user acc\w*|freeacc|free acc|"
               r"body acc\w*|bodyacc|without g|without gravity|ohne g|sans g|sin g|no gravity|dynamic|dmuac\w*|"
               r"gravity removed|gravity free|la)\b"),
    ("gravity", r"\b(gravity|grav|gravitation|schwerkraft|gravedad|dmgrv\w*)\b"),
    ("acceleration", r"\b(a|acc|accel|accelerations?|accelerometers?|accelero|accelerometre|acceler|beschleunigung|"
                     r"beschleunigungssensor|aceleracion|acelerometro|accelerazione|accelerometro|versnelling|gf|"
                     r"acceleracio|aceleracao|ivme|xl|specific force|tacc|totalacceleration)\b"),
)  # fmt: skip
_KIND_PATTERNS = tuple((kind, re.compile(pattern)) for kind, pattern in _KINDS)
_INDEX = re.compile(
    r"\b(index|idx|id|sample|samples|sampleid|sampleno|sample no|samplenumber|count|counter|packet ?counter|packet|"
    r"frame|frames|row|rownum|no|nr|num|number|n|record|unnamed|line|seq|sequence|sample ?id|stepnumber|i)\b"
)
_TIME = re.compile(
    r"\b(time|times|timestamp|timestamps|timestep|datetime|date|epoch|epoc|elapsed|t|ts|tsp|zeit|zeitstempel|tiempo|temps|"
    r"tempo|tijd|tid|czas|clock|sampletimefine|unix|utc|loggingtime|seconds|secs|sec|milliseconds|millis|ms|msec|"
    r"nanoseconds|microseconds|nanos|micros|ns|us|uhrzeit|datum|fecha|hora|heure|yyyy)\b"
)
_DURATION = re.compile(r"\b(zone|timezone|gmt|length|duration|interval|delta|dt|diff|lapse|start|end|stop|begin)\b")
_SPEED = re.compile(r"\b(speed|velocity|geschwindigkeit|velocidad|vitesse)\b")
_COURSE = re.compile(r"\b(course|bearing|heading|direction)\b")
_TEXT = re.compile(
    r"\b(label|activity|class|user|subject|device|model|comment|note|annotation|person|gt|event|sensor ?name)\b"
)
_AXIS_WORD = re.compile(r"^(?:axis)?([xyz])(?:axis)?$")
_GLUED = re.compile(
    r"^(accelerometer|acceleration|accel|acceler|acce|acc|linearacceleration|linearaccel|linacc|lacc|la|gyroscope|"
    r"gyro|gyr|gravity|grav|magnetometer|magnetic|magnet|mag|freeacc|useracceleration|useracc|rotationrate|gf|"
    r"quaternion|quat|tacc|a|g|w|m|q|rr)([xyzw])$"
)
_GLUED_FRONT = re.compile(r"^([xyz])(accelerometer|acceleration|accel|acc|gyroscope|gyro|gyr|magnetometer|mag|axis)$")
_SHORT = {"a": "acc", "w": "gyro", "gf": "gf", "m": "mag", "q": "quaternion", "la": "linacc", "lacc": "linacc",
          "rr": "gyro", "acce": "acc"}  # fmt: skip
_BRACKETS = re.compile(r"\(((?:[^()]|\([^()]*\))*)\)|\[([^\]]*)\]|\{([^}]*)\}")


def plain(text: str) -> str:
    """Lower case without accents and without blanks at the ends."""
    swapped = text.replace("²", "^2").replace("μ", "µ")
    stripped = "".join(
        c for c in unicodedata.normalize("NFKD", swapped.replace("µ", "u")) if not unicodedata.combining(c)
    )
    return stripped.strip().lower()


def unit_of(text: str) -> str:
    """The unit written as `text`, in this package's spelling, or ``""`` when it is none that is known."""
    tidy = plain(text).replace(" ", "").replace("ug", "µg")
    for pattern, unit in _UNIT_PATTERNS:
        if pattern.fullmatch(tidy):
            return unit
    return ""


def _bracket_unit(name: str) -> tuple[str, str]:
    """Split a name into the rest and the unit in brackets, if that is a unit."""
    unit = ""
    rest = name
    for found in _BRACKETS.finditer(name):
        inner = next(group for group in found.groups() if group is not None)
        known = unit_of(inner)
        if known and not unit:
            unit = known
            rest = rest.replace(found.group(0), " ")
    return rest, unit


def _words(text: str) -> list[str]:
    """Parts of a name: separators and camelCase split it; ``accX`` and ``ax`` become two parts."""
    camel = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", text)
    camel = re.sub(r"\b([gG]) ?F([xyzXYZ])\b", r"gf \2", camel)
    parts: list[str] = []
    chunks = re.split(r"[^0-9a-z°%^²/]+", plain(camel))
    for word in (w for chunk in chunks for w in ([chunk] if unit_of(chunk) else chunk.split("/"))):
        found = _GLUED.match(word)
        front = _GLUED_FRONT.match(word)
        if found:
            parts += [_SHORT.get(found[1], found[1]), found[2]]
        elif front:
            parts += [front[2], front[1]]
        elif word:
            parts.append(word)
    return parts


def _axis(words: list[str]) -> tuple[str, list[str]]:
    """Take the axis out of the parts of a name."""
    axes = [(place, _AXIS_WORD.match(word)) for place, word in enumerate(words)]
    hits = [(place, found[1]) for place, found in axes if found]
    if len(hits) != 1:
        return "", words
    place, axis = hits[0]
    return axis, [word for i, word in enumerate(words) if i != place and word != "axis"]


def read_name(position: int, name: str, row_unit: str = "") -> Column:
    """Read what a column name says.

    Parameters
    ----------
    position : int
        Place of the column, from 0.
    name : str
        The name as found in the header.
    row_unit : str
        What a units row below the header says for this column.

    Returns
    -------
    Column
        Kind, axis, unit and stem.
    """
    rest, unit = _bracket_unit(name)
    unit = unit or unit_of(row_unit)
    axis, words = _axis(_words(rest))
    key = " ".join(words)
    kind = _kind(key, axis, unit)
    if not unit and words:
        family = "acceleration" if kind in {"acceleration", "linear", "gravity"} else kind
        if words[-1] in _SUFFIX_UNITS.get(family, set()) and (len(words) > 1 or family == "time"):
            unit = unit_of("cm/s2" if words[-1] == "cms2" else "m/s2" if words[-1] == "mss" else words[-1])
            words = words[:-1] if len(words) > 1 else words
        elif "/" in words[-1] and unit_of(words[-1]):
            unit, words = unit_of(words[-1]), words[:-1]
        elif kind == "time":
            unit = next((unit_of(word) for word in words if word in _SUFFIX_UNITS["time"]), "")
    if kind == "acceleration" and not unit and re.search(r"\bgf\b", key):
        unit = "g"
    return Column(position, name, kind, axis, unit, " ".join(words))


def _kind(key: str, axis: str, unit: str) -> Kind:
    """Kind of quantity from the parts of a name, its axis and its unit."""
    if _SPEED.search(key) and "angular" not in key and not axis:
        return "other" if "accuracy" in key else "speed"
    if not axis and (unit == "txt" or (unit in TIME_UNITS and not _DURATION.search(key)) or _TIME.search(key)):
        return _timelike(key, unit)
    if _COURSE.search(key) and not axis and "accuracy" not in key and "motion" not in key:
        return "course"
    for kind, pattern in _KIND_PATTERNS:
        if pattern.search(key):
            if axis and kind in {"magnitude", "counts"}:
                continue
            if unit in RATE_UNITS and kind in {"acceleration", "linear", "orientation"}:
                return "gyroscope"
            return kind
    if axis and unit in ACCELERATION_UNITS - {"counts"}:
        return "acceleration"
    if axis and unit in RATE_UNITS:
        return "gyroscope"
    if axis and unit == "uT":
        return "magnetometer"
    if not axis and _INDEX.search(key):
        return "index"
    return "text" if not axis and _TEXT.search(key) else "other"


def _timelike(key: str, unit: str) -> Kind:
    """A name with a time word: a clock, or something else that merely mentions time."""
    if re.search(r"\b(stride|stance|swing|contact|reaction|pace|lap|gait)\b", key):
        return "gait_table"
    if unit == "txt" and not _TIME.search(key):
        return "text"
    if _DURATION.search(key) and not re.search(r"\b(since|elapsed)\b", key):
        return "other"
    if re.search(r"\b(location|gps|activity|pedometer|altimeter|battery|heart|hr|magnetometer|gyroscope)", key):
        return "other"
    return "time"
