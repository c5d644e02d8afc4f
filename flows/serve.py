"""The runner: serves all deployments to the server that PREFECT_API_URL names, until SIGTERM. `filings up` starts it.

Before the first run the server gets the automation for runs that crash, and the runs that a runner before this one left
are swept: both at once, since a run that was killed before would stay Running for ever (prefect.md 6).
"""

from __future__ import annotations

import os

from prefect import serve
from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy
from prefect.deployments.runner import RunnerDeployment
from prefect.schedules import Cron

from filings.service.api import Api
from filings.service.home import Home
from filings.service.living import ensure_automation, sweep
from filings.service.schedules import Planned, planned, take_back
from filings.settings import settle

ONE = ConcurrencyLimitConfig(limit=1, collision_strategy=ConcurrencyLimitStrategy.CANCEL_NEW)


def served(one: Planned) -> RunnerDeployment:
    """A deployment of the table, with the times that hold here."""
    return RunnerDeployment.from_entrypoint(
        one.deployment.entrypoint,
        one.deployment.name,
        schedules=[Cron(each.cron, timezone=each.timezone) for each in one.schedules],
        paused=one.is_paused,
        concurrency_limit=ONE if one.deployment.is_single else None,
        description=one.deployment.about,
        tags=list(one.deployment.tags),
    )


def main() -> None:
    """Serve all of them."""
    home = Home.of(settle().warehouse)
    api = Api(os.environ["PREFECT_API_URL"].removesuffix("/api"), patience=60)
    ensure_automation(api)
    take_back(api)
    sweep(api, home, print, "The process of this run is gone. What it had loaded stays.")
    serve(*[served(one) for one in planned(home.schedules)], print_starting_message=False)


if __name__ == "__main__":
    main()
