"""The bodies that are no answers, with the words and the shape of the real ones (edgar.md A.5)."""

from __future__ import annotations

_XML = '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{}</Code><Message>{}</Message>{}<RequestId>0</RequestId></Error>'


def access_denied() -> bytes:
    return _XML.format("AccessDenied", "Access Denied", "").encode()


def no_such_key(path: str) -> bytes:
    key = path.lstrip("/").replace("&", "&amp;").replace("<", "&lt;")
    return _XML.format("NoSuchKey", "The specified key does not exist.", f"<Key>{key}</Key>").encode()


def _page(title: str, text: str) -> bytes:
    return (
        '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "http://www.w3.org/TR/xhtml1/DTD/'
        f'xhtml1-transitional.dtd">\n<html><head><title>{title}</title></head>\n<body><div id="content"><h1>{title}</h1>\n'
        f"<p>{text}</p></div></body></html>\n"
    ).encode()


def rate_exceeded() -> bytes:
    return _page("SEC.gov | Request Rate Threshold Exceeded", "Your request rate has exceeded the maximum allowed.")


def undeclared_tool() -> bytes:
    return _page(
        "SEC.gov | Your Request Originates from an Undeclared Automated Tool",
        "Your Request Originates from an Undeclared Automated Tool. Please declare your traffic.",
    )


def unavailable() -> bytes:
    return _page("SEC.gov | File Unavailable", "The file you requested is temporarily unavailable.")


def not_found() -> bytes:
    return _page("SEC.gov | Page Not Found (404)", "The page you requested is not here.")


def something_else() -> bytes:
    return _page("SEC.gov | Home", "Welcome.")
