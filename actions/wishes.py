"""What each intent is called when the assistant speaks of it: the end of the sentence "you want to …"."""

WISHES = {
    "ask_status": "see how something is doing",
    "ask_pipeline": "see how a build went",
    "ask_history": "see past deployments",
    "ask_changes": "see what changed",
    "fetch_logs": "see a log",
    "deploy": "start a deployment",
    "rollback": "go back to an earlier version",
    "rerun_pipeline": "run a pipeline again",
    "cancel_run": "stop a run",
    "ask_approvals": "see what waits for approval",
    "approve_request": "approve a request",
    "reject_request": "reject a request",
    "lock_environment": "lock an environment",
    "unlock_environment": "unlock an environment",
    "ask_locks": "see who holds an environment",
    "list_alerts": "see what is alerting",
    "acknowledge_alert": "take an alert",
    "silence_alert": "silence an alert",
    "subscribe_alerts": "have alerts sent somewhere",
    "unsubscribe_alerts": "stop alerts from being sent",
    "find_runbook": "find a runbook",
    "ask_metric": "see a measurement",
    "ask_on_call": "see who is on call",
    "ask_docs": "look something up in the documentation",
    "list_templates": "see the templates",
    "use_template": "start something new from a template",
    "ask_owner": "see who owns something",
    "ask_risk": "know how risky a deployment is",
    "ask_incident_likelihood": "know what is likely to break",
    "ask_recommendations": "know what to improve",
    "ask_delivery_metrics": "see delivery figures",
    "ask_audit": "see who did what through me",
    "ask_permissions": "know what you may do",
    "ask_help": "see what I can do",
    "ask_identity": "know who I am",
    "give_feedback": "tell me how good an answer was",
    "talk_to_human": "talk to a person",
}

_LOOKS_UP = ("ask_", "list_", "fetch_", "find_", "talk_", "give_")


def changes(intent: str) -> bool:
    """Whether an intent changes something; what looks something up is called so."""
    return not intent.startswith(_LOOKS_UP)
