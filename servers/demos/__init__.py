"""Applications to try: an HTTP application that calls services, in various forms.

=====================  ==================  =====================  ==================
application            programs            purpose                its Nest counterpart
=====================  ==================  =====================  ==================
``main_user``          main, user          sums, and a log        ``seed``
``main_calc_log``      main, calc, log     the same, two services ``two-services``
``gateway_auth``       gateway, auth       signup and login       ``auth-gateway``
``hybrid``             main, calc          HTTP, TCP and NATS     ``hybrid``
``create_user``        main, user          timeout and retries    ``create-user``
``sums_kafka``         main, calc          sums over Kafka        ``sums-kafka``
``sums_grpc``          main, calc          sums over gRPC         ``sums-grpc``
``user_created``       main, mailer        events by MQTT         ``user-created``
``orders``             shop, warehouse,    RabbitMQ: queues and   ``orders``
                       complaints          transactions
``chat_chain``         gateway, worker,    browser, RabbitMQ,     ``chat-chain``
                       archive; client    and back
``rooms``              gateway             rooms, with tokens     ``rooms``
``events``             socketio, ws        Nest's samples         ``events``
``feed``               main, market        server-sent events     ``feed``
``graph``              main, market        GraphQL                ``graph``
``notes``              hub, keeper         shared documents       ``notes``
``discovery``          main, calc          Consul                 ``discovery``
``logs``               main, calc          Logstash and the like  ``logs``
``metrics``            main, calc          timers for Prometheus  ``metrics``
=====================  ==================  =====================  ==================

``python -m servers.demos.main_user`` starts a whole application, and ``python -m
servers.demos.main_user user`` one program of it, so that each can run with its
counterpart. The counterparts are in ``captures/applications``; ``docs/demos.md`` is the
guide.

The applications are made of ``sums`` (sums, a log and their HTTP application),
``users`` (the accounts), ``gateway`` (their HTTP application), ``people`` (those who
have an address), ``answers`` (JSON by HTTP), ``log_lines`` and ``shipping`` (lines of a
log, and how they travel), ``market`` (prices),
``consul`` (a stand-in for one); ``programs`` starts and ends the
programs of an application.
"""

from __future__ import annotations

import sys
from importlib.util import find_spec

# decision 166: the commands of all programs stand in docs/systems.md, and are tested
_NEEDED = ("aiohttp", "argon2", "jwt", "prometheus_client", "starlette", "uvicorn")
"""Packages of the extra ``demos``."""

for _name in _NEEDED:
    if find_spec(_name) is None:
        sys.exit(f"servers.demos: {_name} is not installed; pip install '.[demos]'")
