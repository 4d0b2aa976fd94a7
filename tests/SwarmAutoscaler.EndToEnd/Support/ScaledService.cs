using System.Globalization;

namespace SwarmAutoscaler.TestSupport;

/// <summary>
/// One service of a trial with its demand and its policy. What a test does to it goes through here, so that the chronicle tells it from what the
/// autoscalers do.
/// </summary>
sealed class ScaledService(ThreeManagers world, string name, IDemand demand, ExpectedRules rules)
{
    /// <summary>A command that failed or was given up may still be carried out, as long as a manager keeps it.</summary>
    static readonly TimeSpan MayLandLater = TimeSpan.FromSeconds(60);

    readonly List<Asked> asked = [];
    readonly List<HandWrite> byHand = [];
    readonly List<WrittenPolicy> policies = [new(DateTimeOffset.UtcNow, name, rules)];

    public string Name { get; } = name;

    public IReadOnlyList<Asked> Asked => asked;

    public IReadOnlyList<HandWrite> ByHand => byHand;

    public IReadOnlyList<WrittenPolicy> Policies => policies;

    public ExpectedRules Rules => policies[^1].Rules;

    /// <summary>The document that promises the rules.</summary>
    public string Policy => demand.Policy(Rules.Max, string.Create(CultureInfo.InvariantCulture, $$"""
        scale_up: { cooldown: {{Rules.CooldownUp.TotalSeconds}}s, limits: [ { replicas: {{Rules.UpLimit!.Value.Replicas}}, per: {{Rules.UpLimit!.Value.Period.TotalSeconds}}s } ] }
        scale_down: { cooldown: {{Rules.CooldownDown.TotalSeconds}}s, stabilization: {{Rules.DownWindow.TotalSeconds}}s }
        """));

    /// <summary>From now on other rules; whoever calls writes <see cref="Policy"/> to every instance.</summary>
    public void Edit(ExpectedRules edited) => policies.Add(new WrittenPolicy(DateTimeOffset.UtcNow, Name, edited));

    /// <summary>From now on the metric asks for so many replicas.</summary>
    public async Task AskAsync(int replicas)
    {
        asked.Add(new Asked(DateTimeOffset.UtcNow, Name, replicas, demand.Delay));
        await demand.SetAsync(replicas);
    }

    public Task CreateAsync(int replicas) => ByHandAsync("create", "--detach", "--no-resolve-image", "--name", Name, "--replicas", $"{replicas}",
        "--endpoint-mode", "dnsrr", "--stop-grace-period", "1s", "--update-delay", "0s", "--update-monitor", "1s", "demo:local", "sleep", "100000");

    public Task RemoveAsync() => ByHandAsync("rm", Name);

    public Task ScaleByHandAsync(int replicas) => ByHandAsync("scale", "--detach", $"{Name}={replicas}");

    /// <summary>A new release.</summary>
    /// <param name="release">Anything new.</param>
    /// <param name="replicas">As <c>docker stack deploy</c> does: the count goes with it; null leaves it alone.</param>
    public Task DeployAsync(string release, int? replicas = null) => ByHandAsync(["update", "--detach", "--no-resolve-image", "--env-add", $"RELEASE={release}",
        .. replicas is null ? (string[])[] : ["--replicas", $"{replicas}"], Name]);

    /// <summary>Runs a command about the service on the first manager that carries it out. Its window stays open when none says that it did.</summary>
    async Task ByHandAsync(params string[] command)
    {
        var from = DateTimeOffset.UtcNow;
        int place = byHand.Count;
        byHand.Add(new HandWrite(from, from + MayLandLater, Name));
        await world.DockerAsync(["service", .. command]);
        byHand[place] = new HandWrite(from, DateTimeOffset.UtcNow, Name);
    }
}
