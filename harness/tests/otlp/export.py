"""Sends spans and log records with OpenTelemetry's own exporters for OTLP over HTTP.

usage: export.py BASE-URL none|gzip
Needs opentelemetry-sdk and opentelemetry-exporter-otlp-proto-http. Exits with 0 once everything was
accepted, with another status when the receiver refused anything.
"""

import logging
import sys

from opentelemetry import trace
from opentelemetry._logs import LogRecord, SeverityNumber
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import SpanKind, Status, StatusCode

base, packing = sys.argv[1], Compression(sys.argv[2])
resource = Resource.create({"service.name": "exporting-gateway"})

# What an exporter could not send it only logs.
failures = []
handler = logging.Handler()
handler.emit = failures.append
logging.getLogger("opentelemetry").addHandler(handler)

spans = TracerProvider(resource=resource)
spans.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(f"{base}/v1/traces", compression=packing)))
tracer = spans.get_tracer("exporting-mcp", "1.2")


def call(number, tool, error=None):
    """The spans of one request: HTTP around MCP around what the gateway asks of its upstream."""
    http = {"http.request.method": "POST", "http.response.status_code": 200, "url.path": "/mcp"}
    mcp = {
        "mcp.method.name": "tools/call",
        "jsonrpc.request.id": str(number),
        "mcp.session.id": "session-1",
        "mcp.protocol.version": "2025-11-25",
        "network.transport": "tcp",
        "gen_ai.tool.name": tool,
        "gen_ai.tool.call.arguments": '{"text": "canary"}',
    }
    with tracer.start_as_current_span("POST /mcp", kind=SpanKind.SERVER, attributes=http):
        with tracer.start_as_current_span(f"tools/call {tool}", kind=SpanKind.SERVER, attributes=mcp) as span:
            with tracer.start_as_current_span(f"MCP send tools/call {tool}", kind=SpanKind.CLIENT,
                                              attributes={"mcp.method.name": "tools/call"}):
                pass
            if error:
                span.set_attributes({"error.type": error, "rpc.response.status_code": error})
                span.set_status(Status(StatusCode.ERROR, "no such tool"))
            else:
                span.set_attribute("gen_ai.tool.call.result", '{"content": []}')


call(7, "echo")
call(8, "nope", "-32602")
with tracer.start_as_current_span("POST /mcp", kind=SpanKind.SERVER,
                                  attributes={"http.request.method": "POST", "http.response.status_code": 400}):
    pass
spans.shutdown()

logs = LoggerProvider(resource=resource)
logs.add_log_record_processor(BatchLogRecordProcessor(OTLPLogExporter(f"{base}/v1/logs", compression=packing)))
logs.get_logger("exporting-audit").emit(LogRecord(
    timestamp=1795704642000000000,
    context=trace.set_span_in_context(trace.INVALID_SPAN),
    severity_number=SeverityNumber.WARN,
    body={"call_type": "call_mcp_tool", "ids": [7, 1.5, True, None]},
    attributes={"bytes": b"\x00\x01\x02", "nested": {"text": "é"}},
    event_name="audit",
))
logs.shutdown()

for failure in failures:
    print(failure.getMessage(), file=sys.stderr)
sys.exit(bool(failures))
