"""日历文件 ical: one event as an iCalendar file (RFC 5545) that phones and office programs open. Pure."""

from datetime import UTC, datetime

_LONGEST_LINE = 73  # octets; the standard allows 75 with the line's end


def calendar_file(
    *,
    uid: str,
    title: str,
    start: datetime,
    end: datetime,
    now: datetime,
    place: str = "",
    text: str = "",
    url: str = "",
) -> bytes:
    """The event as bytes in UTF-8; times in UTC, texts escaped, long lines folded between characters."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Kechuang//CN",
        "METHOD:PUBLISH",
        "BEGIN:VEVENT",
        f"UID:{_text(uid)}",
        f"DTSTAMP:{_time(now)}",
        f"DTSTART:{_time(start)}",
        f"DTEND:{_time(end)}",
        f"SUMMARY:{_text(title)}",
    ]
    lines += [f"{name}:{_text(value)}" for name, value in (("LOCATION", place), ("DESCRIPTION", text)) if value]
    lines += [f"URL:{url}"] if url else []
    lines += ["END:VEVENT", "END:VCALENDAR"]
    return b"".join(_folded(line) for line in lines)


def _time(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _text(value: str) -> str:
    plain = (
        value.replace("\r\n", "\n").replace("\r", "\n").replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    )
    return "".join(c for c in plain.replace("\n", "\\n") if c.isprintable())


def _folded(line: str) -> bytes:
    pieces, piece = [], b""
    for character in line:
        octets = character.encode()
        if len(piece) + len(octets) > _LONGEST_LINE:
            pieces.append(piece)
            piece = b" "
        piece += octets
    return b"\r\n".join([*pieces, piece]) + b"\r\n"
