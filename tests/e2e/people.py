"""Who the demonstration knows, and the API as one of them."""

from typing import Any, Self

import httpx

ENTERPRISE = "100001"
HOTLINE, FLOW_HOTLINE = "02160000001", "02160000002"


class Api:
    """One user's session at the product's API."""

    def __init__(self, http: httpx.AsyncClient, me: dict[str, Any]) -> None:
        self.http = http
        self.me = me

    @classmethod
    async def sign_in(cls, url: str, enterprise: str, code: str, password: str) -> Self:
        """enterprise: empty for the operator."""
        http = httpx.AsyncClient(base_url=f"{url}/api/v1", timeout=20)
        body = {"employee_code": code, "password": password}
        if enterprise:
            answer = await http.post("/session", json=body | {"enterprise_code": enterprise})
        else:
            answer = await http.post("/operator/session", json=body)
        answer.raise_for_status()
        me = answer.json()
        http.headers["X-CSRF-Token"] = me["csrf_token"]
        return cls(http, me)

    async def get(self, path: str, **query: Any) -> Any:
        answer = await self.http.get(path, params=query)
        answer.raise_for_status()
        return answer.json()

    async def post(self, path: str, body: dict[str, Any] | None = None) -> Any:
        answer = await self.http.post(path, json=body)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    async def close(self) -> None:
        await self.http.aclose()


async def bind_number(operator: Api, number: str) -> None:
    """A number of the demonstration's trunk becomes the enterprise's."""
    trunk = (await operator.get("/operator/trunks"))["items"][0]
    made = await operator.post(
        "/operator/access-numbers", {"number": number, "trunk_id": trunk["id"]}
    )
    found = (await operator.get("/operator/enterprises", q=ENTERPRISE))["items"][0]
    await operator.post(
        f"/operator/access-numbers/{made['id']}/bind", {"enterprise_id": found["id"]}
    )
