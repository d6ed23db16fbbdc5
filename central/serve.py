"""Serving an application with uvicorn: no access log of its own, no Date twice, a quick stop."""

import os
import socket

import uvicorn
from fastapi import FastAPI

from parking.errors import UserError

_GRACE_S = 3
_WAITING = 2048


def server(app: FastAPI, *, host: str = "127.0.0.1", port: int = 0) -> uvicorn.Server:
    """Return a server that is not started yet.

    Args:
        app: From ``central.app.create_app``.
        host: Address to bind; the proxy in front speaks TLS.
        port: 0 lets the system choose.
    """
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        log_config=None,
        access_log=False,
        date_header=False,
        server_header=False,
        lifespan="on",
        timeout_graceful_shutdown=_GRACE_S,
    )
    return uvicorn.Server(config)


def listen(host: str, port: int) -> socket.socket:
    """Return a socket for ``Server.run``; the caller closes it.

    Args:
        host: Address to bind.
        port: 0 lets the system choose.

    Raises:
        UserError: ``serve.port``.
    """
    try:
        listening = socket.create_server((host, port), backlog=_WAITING)
    except OSError as error:
        raise UserError(
            "serve.port",
            f"{host} port {port} cannot be used: {os.strerror(error.errno or 0)}.",
            action="Choose another with --port.",
        ) from error
    # Connections inherit it. Without it an answer's body waits 40 ms for the caller's system to
    # acknowledge the head; asyncio sees to it only on sockets that it opened itself.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening
