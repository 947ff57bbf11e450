"""What the audit log tells those who may read it."""

from __future__ import annotations

from assistant.contracts.audit import AuditReport, AuditRequest
from assistant.operations.context import Context


def audit(context: Context, request: AuditRequest) -> AuditReport:
    """The records that are asked for, newest first. Raises NotAllowed without ``read:audit``."""
    context.require("read", "audit")
    found = context.keeping.audit.search(request)
    return AuditReport(request, found[: request.count], len(found))
