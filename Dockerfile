# The command as an image: docker build --tag protocol-inspect .
#
# It needs the base image, packages of Debian, and those of Python, at the versions in
# constraints.txt. docs/kubernetes.md says what to do with it.
ARG PYTHON=3.11

FROM python:${PYTHON}-slim AS build
# The parts in C are optional, but quick.
RUN apt-get update \
 && apt-get install --yes --no-install-recommends gcc libc6-dev \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /source
COPY pyproject.toml setup.py README.md LICENSE ./
COPY docs/protocol-call.1 docs/protocol-inspect.1 docs/protocol-serve.1 docs/
COPY protocol protocol
COPY inspector inspector
COPY servers servers
RUN pip wheel --no-cache-dir --no-deps --wheel-dir /wheel .

FROM python:${PYTHON}-slim
# tcpdump brings libpcap, with which the kernel filters what live reads.
RUN apt-get update \
 && apt-get install --yes --no-install-recommends tcpdump \
 && rm -rf /var/lib/apt/lists/*
COPY constraints.txt /
COPY --from=build /wheel /wheel
RUN pip install --no-cache-dir --constraint /constraints.txt "$(ls /wheel/*.whl)[live]" \
 && rm -rf /wheel /constraints.txt
WORKDIR /captures
ENTRYPOINT ["protocol-inspect"]
CMD ["--help"]
