"""Carries out jobs: an RQ worker that forks for each, so a job that dies takes nothing with it.

The parent opens no database connection; a job makes its engine in its own process. Jobs travel as
JSON: with pickle, whoever can write to Redis could run code here.
"""

import os

import redis
from rq import Queue, Worker
from rq.serializers import JSONSerializer
from sqlalchemy.orm import configure_mappers

from callcenter.core import logging, metrics
from callcenter.core.addresses import redis_url
from callcenter.core.clock import SystemClock
from callcenter.core.jobs import QUEUE
from callcenter.core.secrets import load_secrets
from callcenter.core.settings import load_settings
from callcenter.processes import jobs  # noqa: F401 - loaded once, not by every child anew
from callcenter.processes.status import Status


def main() -> None:
    configure_mappers()  # else every child does
    settings = load_settings(os.environ)
    logging.configure(settings.log.level)
    url = redis_url(settings, load_secrets(settings.paths.home))
    os.register_at_fork(after_in_child=lambda: metrics.identify("-job"))
    Status(redis.Redis.from_url(url, socket_timeout=1), "worker", SystemClock()).keep_telling()
    connection = redis.Redis.from_url(url, health_check_interval=15)
    queue = Queue(QUEUE, connection=connection, serializer=JSONSerializer)
    Worker([queue], connection=connection, serializer=JSONSerializer).work(logging_level=None)


if __name__ == "__main__":
    main()
