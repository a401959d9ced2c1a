"""Settings of JupyterLab under `make lab`, and on Binder, where this folder is the home's own."""

from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection


class AtOnce(ZMQChannelsWebsocketConnection):
    """What a kernel says, on its way to the browser without delay.

    A live picture answers in a few small messages. By default TCP keeps a small message until the
    one before it is acknowledged, and a browser's machine may take 40 ms over that: longer than
    drawing the picture.
    """

    def connect(self):
        """Connect as ever, once the network has been told not to wait."""
        self.websocket_handler.set_nodelay(True)
        return super().connect()


c.ServerApp.kernel_websocket_connection_class = AtOnce  # noqa: F821, for c is Jupyter's
