"""What the audit log tells those who may read it."""

from __future__ import annotations

from assistant.contracts.audit import AuditReport, AuditRequest, Record
from assistant.contracts.change import State
from assistant.operations.context import Context


def audit(context: Context, request: AuditRequest) -> AuditReport:
    """The records that are asked for, newest first. Raises NotAllowed without ``read:audit``."""
    context.require("read", "audit")
    found = context.keeping.audit.search(request)
    refused = sum(each.decision != "allowed" for each in found)
    return AuditReport(request, found[: request.count], len(found), refused, tuple(filter(_broke_glass, found)))


def _broke_glass(record: Record) -> bool:
    about = record.parameters
    return record.decision == "allowed" and bool(about.get("glass")) and about.get("state") == State.APPROVED.value
