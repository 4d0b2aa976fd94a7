# Builds with Docker's classic builder and with BuildKit:  docker build -t swarm-autoscaler .
FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /source

# Packages first: this layer is rebuilt only when a project file or a lock file changes.
COPY global.json Directory.Build.props Directory.Packages.props ./
COPY src/SwarmAutoscaler.Core/SwarmAutoscaler.Core.csproj src/SwarmAutoscaler.Core/packages.lock.json src/SwarmAutoscaler.Core/
COPY src/SwarmAutoscaler/SwarmAutoscaler.csproj src/SwarmAutoscaler/packages.lock.json src/SwarmAutoscaler/
RUN dotnet restore src/SwarmAutoscaler --locked-mode
# What the platform adds (runtime and compiler packs) is no package of ours and stands in no lock file of ours.
RUN dotnet restore src/SwarmAutoscaler --use-current-runtime -p:PublishReadyToRun=true -p:NuGetLockFilePath=obj/platform.lock.json

# Compiled ahead of time: a quick start, and above all a cheap health check.
COPY .editorconfig ./
COPY src/ src/
RUN dotnet publish src/SwarmAutoscaler --no-restore -c Release --use-current-runtime --no-self-contained -p:PublishReadyToRun=true -o /app

FROM mcr.microsoft.com/dotnet/aspnet:10.0
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="swarm-autoscaler" \
      org.opencontainers.image.description="Scales Docker Swarm services by Prometheus, Redis and RabbitMQ metrics" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION"
WORKDIR /app
COPY --from=build /app .
# The diagnostics endpoint of the runtime would want to write to /tmp; without it the root file system can be read-only.
# The listen address is AUTOSCALER_LISTEN alone; the base image's own setting would only cause a warning.
# A small first generation and compaction: the heap is a few megabytes of short-lived answers a cycle (see docs/benchmarks.md).
ENV PATH="/app:${PATH}" \
    DOTNET_EnableDiagnostics=0 \
    DOTNET_GCgen0size=0x200000 \
    DOTNET_GCConserveMemory=7 \
    ASPNETCORE_HTTP_PORTS="" \
    AUTOSCALER_POLICIES=/policies
USER $APP_UID
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=3 CMD ["swarm-autoscaler", "healthcheck"]
ENTRYPOINT ["swarm-autoscaler"]
