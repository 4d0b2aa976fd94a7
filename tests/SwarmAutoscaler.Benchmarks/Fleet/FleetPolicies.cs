namespace SwarmAutoscaler.Benchmarks.Fleet;

/// <summary>The policy documents, one file per service as people write them.</summary>
static class FleetPolicies
{
    static readonly string[] Kinds = ["prometheus", "redis", "rabbitmq"];

    /// <summary>A new folder with so many policies. The kinds take turns, unless every policy is to have all of them.</summary>
    public static async Task<string> WriteAsync(FleetCase fleet, string interval)
    {
        string folder = Directory.CreateTempSubdirectory("fleet-policies-").FullName;
        for (int i = 0; i < fleet.Policies; i++)
        {
            string name = FleetServices.Name(i);
            var kinds = fleet.IsEveryKind ? Kinds : [Kinds[i % Kinds.Length]];
            string metrics = string.Join("\n", kinds.Select(kind => Metric(kind, name)));
            await File.WriteAllTextAsync(Path.Combine(folder, $"{name}.yml"),
                $$"""
                service: {{name}}
                interval: {{interval}}
                replicas: { min: {{(fleet.Kind == ServiceKind.Waiting ? 1 : 0)}}, max: 50 }
                metrics:
                {{metrics}}

                """);
        }
        return folder;
    }

    /// <summary>Follows its list within one evaluation, upwards and downwards.</summary>
    public static Task WriteBurstAsync(string folder) => File.WriteAllTextAsync(Path.Combine(folder, "burst.yml"),
        $$"""
        service: {{FleetServices.Burst}}
        interval: 1s
        replicas: { min: 1, max: 10 }
        metrics: [ { name: jobs, source: redis, key: {{FleetServices.Burst}}, target: { per_replica: 10 } } ]
        scale_up: { limits: [ { replicas: 100, per: 1s } ] }
        scale_down: { stabilization: 0s, limits: [ { replicas: 100, per: 1s } ] }

        """);

    static string Metric(string kind, string service) => kind switch
    {
        "prometheus" => $"  - {{ source: prometheus, query: sum by (service) ({SeriesPage.Series}), label: service, target: {{ per_replica: {SeriesPage.PerReplica} }} }}",
        "redis" => $"  - {{ source: redis, key: {service}, target: {{ per_replica: 10 }} }}",
        _ => $"  - {{ source: rabbitmq, queue: {service}, measure: ready, target: {{ per_replica: 1 }} }}",
    };
}

/// <summary>What one run of the program is given.</summary>
/// <param name="Policies">Their number, which is the number of services too.</param>
/// <param name="IsEveryKind">Each policy has one metric of every kind.</param>
/// <param name="Kind">The services' state.</param>
sealed record FleetCase(int Policies, bool IsEveryKind = false, ServiceKind Kind = ServiceKind.Waiting)
{
    public override string ToString() =>
        $"{Policies}{(IsEveryKind ? ", three metrics each" : "")}{(Kind == ServiceKind.Settled ? ", services settled" : "")}";
}
