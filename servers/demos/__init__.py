"""Applications to try: HTTP in front, services behind, as in ``captures/applications``.

=====================  ==================  =====================  ==================
application            programs            what it does           its twin in Nest
=====================  ==================  =====================  ==================
``main_user``          main, user          sums, and a log        ``seed``
``main_calc_log``      main, calc, log     the same, two services ``two-services``
``gateway_auth``       gateway, auth       signup and login       ``auth-gateway``
=====================  ==================  =====================  ==================

``python -m servers.demos.main_user`` starts a whole application, and
``python -m servers.demos.main_user user`` one program of it, so that each can stand
against its twin. ``docs/demos.md`` is the guide.
"""
