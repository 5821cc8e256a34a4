"""TLS towards ourselves."""

import ssl


def towards_ourselves() -> ssl.SSLContext:
    """For asking our own server on this machine: a generated certificate is signed by nobody."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
