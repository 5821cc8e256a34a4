"""A SOAP service with its description, whose parts are what a test makes of them."""

import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

SCHEMA = """<xsd:schema xmlns:xsd="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:stock"
  elementFormDefault="qualified">{more}
  <xsd:element name="Ask"><xsd:complexType><xsd:sequence>
    <xsd:element name="item" type="xsd:string"/><xsd:element name="day" type="xsd:date" minOccurs="0"/>
  </xsd:sequence></xsd:complexType></xsd:element>
  <xsd:element name="Told"><xsd:complexType><xsd:sequence>
    <xsd:element name="count" type="xsd:int"/><xsd:element name="price" type="xsd:decimal"/>
    <xsd:element name="until" type="xsd:date"/><xsd:element name="seal" type="xsd:base64Binary"/>
    <xsd:element name="places" minOccurs="0" maxOccurs="unbounded"><xsd:complexType><xsd:sequence>
      <xsd:element name="name" type="xsd:string"/>
    </xsd:sequence></xsd:complexType></xsd:element>
  </xsd:sequence></xsd:complexType></xsd:element>
</xsd:schema>"""

WSDL = """{head}<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:tns="urn:stock"
  xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:xsd="http://www.w3.org/2001/XMLSchema"
  targetNamespace="urn:stock">{imports}
  <types>{schema}</types>
  <message name="AskIn"><part name="parameters" element="tns:Ask"/></message>
  <message name="AskOut"><part name="parameters" element="tns:Told"/></message>
  <portType name="Stock"><operation name="Stock">
    <input message="tns:AskIn"/><output message="tns:AskOut"/></operation></portType>
  <binding name="StockBinding" type="tns:Stock">
    <soap:binding style="document" transport="http://schemas.xmlsoap.org/soap/http"/>
    <operation name="Stock"><soap:operation soapAction="urn:stock#Stock"/>
      <input><soap:body use="literal"/></input><output><soap:body use="literal"/></output>
    </operation></binding>
  <service name="StockService"><port name="StockPort" binding="tns:StockBinding">
    <soap:address location="{address}"/></port></service>
</definitions>"""

TOLD = """<?xml version="1.0"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>
<Told xmlns="urn:stock"><count>12</count><price>1.50</price><until>2026-12-31</until><seal>aGk=</seal>
<places><name>上海</name></places><places><name>北京</name></places></Told></s:Body></s:Envelope>"""

FAULT = """<?xml version="1.0"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>
<s:Fault><faultcode>s:Client</faultcode><faultstring>no such item</faultstring></s:Fault>
</s:Body></s:Envelope>"""


@dataclass
class SoapServer:
    """place: host:port. pages: what lies at its addresses. answer: status and body of a call, of that kind."""

    place: str
    pages: dict[str, str | bytes] = field(default_factory=dict)
    answer: tuple[int, str | bytes] = (200, TOLD)
    kind: str = "text/xml; charset=utf-8"
    asked: list[tuple[str, Mapping[str, str], str]] = field(default_factory=list)

    @property
    def wsdl(self) -> str:
        return f"http://{self.place}/stock?wsdl"

    def describe(
        self, *, head: str = "", imports: str = "", more: str = "", address: str = ""
    ) -> None:
        self.pages["/stock?wsdl"] = WSDL.format(
            head=head, imports=imports, schema=SCHEMA.format(more=more),
            address=address or f"http://{self.place}/stock",
        )  # fmt: skip

    @property
    def paths(self) -> list[str]:
        return [path for path, _, _ in self.asked]

    def items(self) -> list[str]:
        return [found for _, _, body in self.asked for found in re.findall(r"item>([^<]+)</", body)]


@contextmanager
def a_soap_server() -> Iterator[SoapServer]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            made.asked.append((self.path, dict(self.headers), ""))
            page = made.pages.get(self.path)
            self._say(200 if page is not None else 404, page or "")

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            made.asked.append((self.path, dict(self.headers), body))
            self._say(*made.answer)

        def _say(self, status: int, content: str | bytes) -> None:
            sent = content.encode() if isinstance(content, str) else content
            self.send_response(status)
            self.send_header("Content-Type", made.kind)
            self.send_header("Content-Length", str(len(sent)))
            self.end_headers()
            self.wfile.write(sent)

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as serving:
        serving.daemon_threads = True
        made = SoapServer(f"127.0.0.1:{serving.server_port}")
        made.describe()
        threading.Thread(target=serving.serve_forever, args=[0.01], daemon=True).start()
        yield made
        serving.shutdown()
