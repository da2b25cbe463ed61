"""The pages that are not SOAP: Apache's, Tomcat's and the redirection server's."""

from datetime import datetime
from zoneinfo import ZoneInfo

UNAVAILABLE = (
    b"<!DOCTYPE HTML PUBLIC '-//IETF//DTD HTML 2.0//EN'>\n<html><head><title>503 Service Unavailable</title>"
    b"</head><body><h1>Service Unavailable</h1><p>The server is temporarily unable to service your request."
    b"<hr></body></html>"
)
NOT_FOUND = b"<html><head><title>404 Not Found</title></head><body><h1>Not Found</h1></body></html>"
MAINTENANCE = b"<!DOCTYPE html><html><head><title>Maintenance</title><body><p>Back soon<br></body></html>"
LOGON = (
    b"<!DOCTYPE html><html><head><title>Adobe Campaign</title></head><body><form method='post'>"
    b"<input name='login'><input name='password' type='password'></form></body></html>"
)


def redirection_test(zone: ZoneInfo, now: datetime, instance: str) -> bytes:
    """Compose the answer of `/r/test`, whose date carries the offset of the server's zone."""
    local = now.astimezone(zone)
    offset = local.strftime("%z")
    minutes = "" if offset[3:5] == "00" else f":{offset[3:5]}"
    stamp = f"{local:%Y-%m-%d %H:%M:%S}.{local.microsecond // 1000:03d}{offset[:3]}{minutes}"
    return (
        f"<redir status='OK' date='{stamp}' build='9396' sha1='8fa1e2c' version='7.4.3' instance='{instance}'"
        f" sourceIP='127.0.0.1' host='127.0.0.1' localHost='{instance}-1'/>"
    ).encode()
