"""The table of routes: everything that is answered, and what each needs. A test goes through it for every role."""

from __future__ import annotations

from typing import Final

from monitor.web import health
from monitor.web.act import findings as finding_acts
from monitor.web.act import messages as message_acts
from monitor.web.act import several
from monitor.web.exports import calendar, csv_files, metrics, ocsf
from monitor.web.identity import oidc, sign_in
from monitor.web.identity.permits import Permit
from monitor.web.identity.token_scopes import TokenScope
from monitor.web.routes import OpenRoute, Route
from monitor.web.screens import coverage, finding, findings, inventory, messages, overview, parties, reports, watching
from monitor.web.v1 import openapi
from monitor.web.v1.table import ENDPOINTS

OPEN: Final = (
    OpenRoute("GET", "/healthz", "healthz", health.lives, any_host=True),
    OpenRoute("GET", "/readyz", "readyz", health.ready, any_host=True),
    OpenRoute("GET", "/api/v1/openapi.json", "openapi", openapi.serve),
    OpenRoute("GET", "/sign-in", "sign-in", sign_in.show),
    OpenRoute("GET", "/sign-in/go", "sign-in-go", oidc.go, limited=True),
    OpenRoute("GET", "/sign-in/back", "sign-in-back", oidc.back),
    OpenRoute("GET", "/invite/{secret}", "invite", sign_in.invited),
    OpenRoute("POST", "/invite/{secret}", "invite-accept", sign_in.accept, limited=True),
)
"""What everybody may ask: nothing of it shows anything of the ledger."""

ROUTES: Final = (
    Route("GET", "/", "overview", overview.show),
    Route("GET", "/findings", "findings", findings.show),
    Route("GET", "/acknowledge", "several", several.show, Permit.ACKNOWLEDGE),
    Route("POST", "/acknowledge", "several-act", several.take, Permit.ACKNOWLEDGE),
    Route("GET", "/findings/{finding}", "finding", finding.show),
    Route("GET", "/coverage", "coverage", coverage.show),
    Route("GET", "/coverage/{asset}", "coverage-asset", coverage.one_asset),
    Route("GET", "/parties", "parties", parties.show),
    Route("GET", "/contracts", "contracts", parties.contracts),
    Route("GET", "/inventory", "inventory", inventory.show),
    Route("GET", "/messages", "messages", messages.show),
    Route("GET", "/messages/{message}", "message", messages.one_message),
    Route("GET", "/rounds", "rounds", watching.show_rounds),
    Route("GET", "/reports", "reports", reports.show),
    Route("GET", "/reports/{report}/{form}", "report", reports.as_file, token=TokenScope.REPORTS.value),
    Route("GET", "/log", "log", watching.show_log, Permit.LOG),
    Route("GET", "/wall", "wall", watching.wall),
    Route("GET", "/version.json", "version", watching.version, by_itself=True),
    Route("GET", "/findings.csv", "findings-csv", csv_files.findings, token=TokenScope.FINDINGS.value),
    Route("GET", "/coverage.csv", "coverage-csv", csv_files.assets, token=TokenScope.COVERAGE.value),
    Route("GET", "/findings.ocsf.jsonl", "findings-ocsf", ocsf.findings, token=TokenScope.FINDINGS.value),
    Route("GET", "/coverage.ocsf.jsonl", "coverage-ocsf", ocsf.places, token=TokenScope.COVERAGE.value),
    Route("GET", "/calendar.ics", "calendar", calendar.show, token=TokenScope.CALENDAR.value),
    Route("POST", "/findings/{finding}/act", "finding-act", finding_acts.from_page),
    Route("POST", "/messages/{message}/act", "message-act", message_acts.from_page),
    Route("POST", "/sign-out", "sign-out", sign_in.leave),
    Route("POST", "/act-as", "act-as", sign_in.act_as),
    Route("GET", "/metrics", "metrics", metrics.show, token=TokenScope.METRICS.value),
    *(one.route for one in ENDPOINTS),
)
"""What a grant lets in."""
