"""Where telemetry goes is read as OpenTelemetry has it, and mistakes are one line."""

from __future__ import annotations

import pytest

from inspector.telemetry.settings import Settings, Target, settings_of, target_of


@pytest.mark.parametrize(
    ("url", "target"),
    [
        (
            "http://127.0.0.1:4318",
            Target(secure=False, host="127.0.0.1", port=4318, path=""),
        ),
        ("http://[::1]:4318/", Target(secure=False, host="::1", port=4318, path="")),
        (
            "https://otlp.example/api/",
            Target(secure=True, host="otlp.example", port=443, path="/api"),
        ),
        ("http://Collector", Target(secure=False, host="collector", port=80, path="")),
    ],
)
def test_a_url_names_a_collector(url: str, target: Target) -> None:
    assert target_of(url) == target
    assert target_of(str(target)) == target
    assert not target.hint


@pytest.mark.parametrize(
    "url",
    [
        "127.0.0.1:4318",
        "ftp://host",
        "http://",
        "http://host:99999",
        "http://host:port",
        "http://[::1",
        "http://host/?a=b",
        "http://host/#a",
        "http://ho/\x7f",
        "http://exa_mple..:80",
        "",
    ],
)
def test_what_is_no_collector_is_said(url: str) -> None:
    with pytest.raises(ValueError, match=r"is not|has more than"):
        target_of(url)


def test_a_secret_is_not_repeated() -> None:
    with pytest.raises(ValueError, match="OTEL_EXPORTER_OTLP_HEADERS") as caught:
        target_of("http://me:hunter2@host")
    with pytest.raises(ValueError, match="part 2 is not KEY=VALUE") as other:
        settings_of({"OTEL_EXPORTER_OTLP_HEADERS": "a=b,hunter2"})
    with pytest.raises(ValueError, match="not a field of HTTP") as third:
        settings_of({"OTEL_EXPORTER_OTLP_HEADERS": "a=hunter2%0d%0ab"})

    assert not any("hunter2" in str(e.value) for e in (caught, other, third))


def test_a_port_of_grpc_gets_a_hint() -> None:
    assert "4318" in target_of("http://127.0.0.1:4317").hint


def test_the_environment_says_the_rest() -> None:
    assert settings_of({}) == Settings({}, {}, 10)
    assert settings_of(
        {
            "OTEL_EXPORTER_OTLP_HEADERS": "Authorization=Basic%20abc, x-scope=1,",
            "OTEL_RESOURCE_ATTRIBUTES": "deployment.environment.name=test,a=b%2Cc",
            "OTEL_METRIC_EXPORT_INTERVAL": "500",
        }
    ) == Settings(
        {"Authorization": "Basic abc", "x-scope": "1"},
        {"deployment.environment.name": "test", "a": "b,c"},
        0.5,
    )


@pytest.mark.parametrize("interval", ["0", "-1", "x", "1.5"])
def test_an_interval_is_a_number_of_milliseconds(interval: str) -> None:
    with pytest.raises(ValueError, match="milliseconds"):
        settings_of({"OTEL_METRIC_EXPORT_INTERVAL": interval})
