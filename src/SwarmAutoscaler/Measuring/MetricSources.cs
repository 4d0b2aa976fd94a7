using SwarmAutoscaler.Policies;

namespace SwarmAutoscaler.Measuring;

/// <summary>All sources together: hands each its metrics of all due policies at once, concurrently, under one deadline.</summary>
sealed class MetricSources(IReadOnlyList<IMetricSource> sources, TimeProvider time, ILogger<MetricSources> log)
{
    /// <summary>A source answers at its deadline; one that does not is not waited for any longer than this.</summary>
    static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(500);

    /// <summary>Per policy one reading per metric, in their orders. Never throws for what a backend does; throws when <paramref name="stopping"/> is cancelled.</summary>
    public async Task<IReadOnlyList<MetricReading>[]> ReadAsync(IReadOnlyList<ScalingPolicy> policies, TimeSpan timeout, CancellationToken stopping)
    {
        var readings = policies.Select(policy => new MetricReading[policy.Metrics.Count]).ToArray();
        var places = policies
            .SelectMany((policy, p) => policy.Metrics.Select((metric, m) => new Place(p, m, metric)))
            .GroupBy(place => place.Metric.Source, StringComparer.Ordinal);
        await Task.WhenAll(places.Select(group => ReadAsync(group.Key, [.. group], readings, timeout, stopping)));
        return readings;
    }

    async Task ReadAsync(string kind, Place[] places, MetricReading[][] readings, TimeSpan timeout, CancellationToken stopping)
    {
        using var deadline = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, stopping);
        IReadOnlyList<MetricReading> answers;
        try
        {
            var source = sources.First(source => source.Kind == kind);
            MetricSpec[] metrics = [.. places.Select(place => place.Metric)];
            // In a task of its own, so that a source that blocks before it first waits holds up neither the other sources nor the cycle.
            answers = await Task.Run(() => source.ReadAsync(metrics, either.Token), stopping).WaitAsync(timeout + Grace, time, stopping);
            if (answers.Count != metrics.Length)
                throw new InvalidOperationException($"{kind} gave {answers.Count} readings for {metrics.Length} metrics");
        }
        catch (Exception e) when (!stopping.IsCancellationRequested && (e is TimeoutException || (e is OperationCanceledException && deadline.IsCancellationRequested)))
        {
            answers = Unread(places.Length, new Missing(MissingReason.Timeout, $"{kind} did not answer within {timeout.TotalSeconds:0.###} s"));
        }
        catch (Exception e) when (!stopping.IsCancellationRequested)
        {
            log.SourceFailed(kind, e);
            answers = Unread(places.Length, new Missing(MissingReason.Error, $"reading {kind} failed unexpectedly: {e.GetType().Name}"));
        }
        foreach (var (place, answer) in places.Zip(answers))
            readings[place.Policy][place.Index] = answer;
    }

    static MetricReading[] Unread(int count, Missing missing) => [.. Enumerable.Repeat<MetricReading>(missing, count)];

    readonly record struct Place(int Policy, int Index, MetricSpec Metric);
}
