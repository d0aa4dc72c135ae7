"""The version of this package: in the User-Agent, in reports, and as ``runway_nb.__version__``."""

__version__ = "0.1.0"
