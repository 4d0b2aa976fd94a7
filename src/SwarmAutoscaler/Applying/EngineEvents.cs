namespace SwarmAutoscaler.Applying;

/// <summary>
/// Listens to what the engine tells about services (<c>GET /events</c>), so that other people's updates are known at once and not only at the next
/// cycle. Nothing depends on it: an event that is lost is seen in the next listing. Events of the Swarm reach every manager.
/// </summary>
sealed class EngineEvents(EngineClient engine, OutsideUpdates outside, TimeProvider time, ILogger<EngineEvents> log) : BackgroundService
{
    /// <summary>The first wait before the stream is opened again; it doubles up to <see cref="LongestWait"/>.</summary>
    public static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(1);

    public static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    /// <summary>Whoever forbids it may change that without telling us.</summary>
    public static readonly TimeSpan WaitWhenForbidden = TimeSpan.FromMinutes(10);

    static readonly string Path = $"/events?filters={Uri.EscapeDataString("""{"type":["service"]}""")}";

    bool isMissed, isForbidden;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var wait = FirstWait;
        while (!stoppingToken.IsCancellationRequested)
        {
            long started = time.GetTimestamp();
            await ListenAsync(stoppingToken);
            if (time.GetElapsedTime(started) > LongestWait)
                wait = FirstWait;
            var pause = isForbidden ? WaitWhenForbidden : wait;
            log.EventsAgain(pause.TotalSeconds);
            await Task.Delay(pause, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            wait = wait * 2 < LongestWait ? wait * 2 : LongestWait;
        }
    }

    /// <summary>Until the stream ends, for whatever reason.</summary>
    async Task ListenAsync(CancellationToken stopping)
    {
        using var listening = CancellationTokenSource.CreateLinkedTokenSource(stopping, engine.Left);
        try
        {
            var (answer, at) = await engine.OpenAsync("events", Path, stopping);
            if (answer is not Streaming { Response: var response })
            {
                Miss(answer, at);
                return;
            }
            using (response)
                await HearAsync(response, at!, listening.Token);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // the process stops
        }
        catch (Exception e)
        {
            log.EventsEnded(e.Message);
        }
    }

    async Task HearAsync(HttpResponseMessage response, EngineSession at, CancellationToken cancellation)
    {
        log.EventsHeard(isMissed || isForbidden ? LogLevel.Information : LogLevel.Debug, at.Node.Endpoint);
        isMissed = isForbidden = false;
        await foreach (var told in ServiceEvent.ReadAllAsync(await response.Content.ReadAsStreamAsync(cancellation), cancellation))
            outside.Hear(told);
        log.EventsEnded("the engine closed it");
    }

    /// <summary>A stream that is opened again at once is no news; one that cannot be, once.</summary>
    void Miss(EngineAnswer answer, EngineSession? at)
    {
        if (answer is Answered { IsForbidden: true } && !isForbidden)
            log.EventsForbidden(at!.Node.Endpoint, answer.Because);
        else if (answer is not Answered { IsForbidden: true } && !isMissed)
            log.EventsMissed(at is null ? answer.Because : $"{at.Node.Endpoint}: {answer.Because}");
        isForbidden = answer is Answered { IsForbidden: true };
        isMissed = !isForbidden;
    }
}
