using System.Diagnostics;

namespace SwarmAutoscaler.TestSupport;

/// <summary>Waits for a condition with a bound, never for a fixed time.</summary>
static class Eventually
{
    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>Asks again and again until the answer satisfies.</summary>
    /// <returns>The answer that did.</returns>
    /// <exception cref="TimeoutException">It never did within the bound; the message holds the last answer.</exception>
    public static async Task<T> GetAsync<T>(string what, TimeSpan bound, Func<Task<T>> ask, Func<T, bool> satisfies)
    {
        long started = Stopwatch.GetTimestamp();
        using var timer = new PeriodicTimer(Pause);
        while (true)
        {
            var answer = await ask();
            if (satisfies(answer))
                return answer;
            if (Stopwatch.GetElapsedTime(started) > bound)
                throw new TimeoutException($"{what}: not within {bound.TotalSeconds:0} s; the last answer was {answer}");
            await timer.WaitForNextTickAsync();
        }
    }

    /// <summary>Fails as soon as the condition breaks within the span.</summary>
    public static async Task StaysAsync<T>(string what, TimeSpan span, Func<Task<T>> ask, Func<T, bool> holds)
    {
        long started = Stopwatch.GetTimestamp();
        using var timer = new PeriodicTimer(Pause);
        while (Stopwatch.GetElapsedTime(started) < span)
        {
            var answer = await ask();
            if (!holds(answer))
                throw new InvalidOperationException($"{what}: broke after {Stopwatch.GetElapsedTime(started).TotalSeconds:0.0} s; the answer was {answer}");
            await timer.WaitForNextTickAsync();
        }
    }
}
