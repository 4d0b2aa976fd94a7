using Xunit;

namespace SwarmAutoscaler.TestSupport;

/// <summary>
/// Three managers of one Swarm, each with its own engine and network link, a Redis and a Prometheus, for the tests of what happens when some of them fail.
/// </summary>
public sealed class ThreeManagers : IAsyncLifetime, IRedisServer
{
    /// <summary>The name in the test bed.</summary>
    internal const string Prometheus = "prometheus";

    const string Swarm = "three";

    /// <summary>The managers in the order of their places; what a test breaks is mended at its end by <see cref="MendAsync"/>.</summary>
    internal IReadOnlyList<Engine> Managers { get; private set; } = [];

    public Uri Url { get; private set; } = null!;

    /// <summary>What Prometheus scrapes every second.</summary>
    internal DemandPage Page { get; private set; } = null!;

    /// <summary>Where a program finds Prometheus and Redis.</summary>
    internal IReadOnlyDictionary<string, string> Environment { get; private set; } = new Dictionary<string, string>();

    public async Task InitializeAsync()
    {
        await Testbed.RunAsync("install", "engine", "servers");
        var redis = Testbed.RunAsync("up", "redis");
        var up = await Testbed.RunAsync("up", "swarm", Swarm, "--managers", "3");
        await Testbed.RunAsync("image", "demo", Swarm);
        Managers = [.. up["MANAGERS"].Split(' ').Zip(up["DOCKER_HOST"].Split(','), (name, host) => new Engine(host) { Member = name })];
        Page = await DemandPage.StartAsync();
        var prometheus = await Testbed.RunAsync("up", "prometheus", Prometheus, "--target", Page.Address);
        Url = new Uri((await redis)["URL"]);
        Environment = new Dictionary<string, string> { ["PROMETHEUS_URL"] = prometheus["URL"], ["REDIS_URL"] = Url.OriginalString };
    }

    public async Task DisposeAsync()
    {
        foreach (var manager in Managers)
            manager.Dispose();
        if (Page is not null)
            await Page.DisposeAsync();
        await Testbed.RunAsync("down");
    }

    /// <summary>For <c>DOCKER_HOST</c>: all managers, beginning with the one at this place.</summary>
    internal string HostsFrom(int place) => string.Join(',', Managers.Skip(place).Concat(Managers.Take(place)).Select(manager => manager.Host));

    /// <summary>Runs a docker command on the first manager that carries it out.</summary>
    internal async Task<string> DockerAsync(params string[] arguments)
    {
        string said = "";
        foreach (var manager in Managers)
        {
            var (exitCode, output, error) = await Testbed.ExecuteAsync("timeout", ["5", "docker", "-H", manager.Host, .. arguments]);
            if (exitCode == 0)
                return output.Trim();
            said += $" {manager.Member}: {error.Trim()}";
        }
        throw new InvalidOperationException($"docker {string.Join(' ', arguments)}:{said}");
    }

    internal int PlaceOf(Engine manager) => Managers.TakeWhile(other => other != manager).Count();

    /// <summary>The manager that leads the Swarm, as those that answer see it.</summary>
    internal async Task<Engine> LeaderAsync()
    {
        string name = await Eventually.GetAsync("the Swarm's leader", TimeSpan.FromSeconds(60), AskForLeaderAsync, leader => leader.Length > 0);
        return Managers.Single(manager => name.EndsWith(manager.Member, StringComparison.Ordinal));
    }

    /// <summary>Starts what was killed, thaws what was frozen, links what was cut off, and waits until every manager reaches the others.</summary>
    internal async Task MendAsync()
    {
        foreach (var manager in Managers)
        {
            await Testbed.RunAsync("heal", manager.Member);
            await Testbed.ExecuteAsync(Testbed.Script, ["thaw", manager.Member]);
        }
        await Task.WhenAll(Managers.Select(manager => Testbed.RunAsync("up", "engine", manager.Member)));
        foreach (var manager in Managers)
            await Eventually.GetAsync($"all managers as {manager.Member} sees them", TimeSpan.FromSeconds(60),
                () => manager.TryDockerAsync("node", "ls", "--format", "{{.Status}} {{.ManagerStatus}}"),
                lines => lines.Split('\n').Count(line => line is "Ready Leader" or "Ready Reachable") == Managers.Count);
    }

    async Task<string> AskForLeaderAsync()
    {
        foreach (var manager in Managers)
            if ((await manager.TryDockerAsync("node", "ls", "--format", "{{.ManagerStatus}} {{.Hostname}}")).Split('\n')
                .FirstOrDefault(line => line.StartsWith("Leader ", StringComparison.Ordinal)) is { } leader)
                return leader["Leader ".Length..];
        return "";
    }
}

[CollectionDefinition(Name)]
public sealed class ThreeManagersCollection : ICollectionFixture<ThreeManagers>
{
    public const string Name = "three real managers";
}
