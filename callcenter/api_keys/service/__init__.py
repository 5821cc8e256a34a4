"""API keys' services, by verb: made and revoked by administrators, shown at the gate."""

from callcenter.api_keys.service.gate import KeyGate
from callcenter.api_keys.service.keeping import ApiKeys
from callcenter.api_keys.service.reading import CallbackQuota, key_names, quota_of

__all__ = ["ApiKeys", "CallbackQuota", "KeyGate", "key_names", "quota_of"]
