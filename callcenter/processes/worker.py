"""Carries out jobs, one after another in this process: an RQ worker that does not fork.

`python -m callcenter.processes.worker` has those that end soon, with `long` those that may not.

A child for each job would open its connections and prepare its statements anew, which takes longer
than the work itself. A job that brings the process down takes nothing else with it: the supervisor
starts the next one, and the sweep asks for the job again. Jobs travel as JSON: with pickle, whoever
can write to Redis could run code here.
"""

import os
import sys

import redis
from rq import Queue, SimpleWorker
from rq.serializers import JSONSerializer
from setproctitle import setproctitle

from callcenter.core import logging
from callcenter.core.addresses import redis_url
from callcenter.core.clock import SystemClock
from callcenter.core.jobs import LONG_QUEUE, QUEUE
from callcenter.core.secrets import load_secrets
from callcenter.core.settings import load_settings
from callcenter.processes import jobs  # noqa: F401 - at the start, not with the first job
from callcenter.processes.status import Status

NAMES = {QUEUE: "worker", LONG_QUEUE: "worker-long"}
"""As the worker of a queue is called in the Procfile, and says of itself that it is there."""


class _Worker(SimpleWorker):
    def procline(self, message: str) -> None:
        """What ps shows: our name and what is being done, not RQ's number of this worker."""
        setproctitle(f"callcenter {NAMES[self.queues[0].name]}: {message}")


def main() -> None:
    (queue_name,) = sys.argv[1:] or [QUEUE]
    name = NAMES[queue_name]
    settings = load_settings(os.environ)
    logging.configure(settings.log.level)
    url = redis_url(settings, load_secrets(settings.paths.home))
    Status(redis.Redis.from_url(url, socket_timeout=1), name, SystemClock()).keep_telling()
    connection = redis.Redis.from_url(url, health_check_interval=15)
    queue = Queue(queue_name, connection=connection, serializer=JSONSerializer)
    worker = _Worker([queue], connection=connection, serializer=JSONSerializer)
    worker.work(logging_level=None)


if __name__ == "__main__":
    main()
