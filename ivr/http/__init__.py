"""IVR services, prompts and documents over HTTP."""

from ivr.http.calling import calling_blueprint
from ivr.http.credentials import credentials_blueprint
from ivr.http.documents import documents_blueprint
from ivr.http.prompts import prompts_blueprint
from ivr.http.services import services_blueprint

__all__ = [
    "calling_blueprint",
    "credentials_blueprint",
    "documents_blueprint",
    "prompts_blueprint",
    "services_blueprint",
]
