using System.CommandLine;
using System.Globalization;
using SwarmAutoscaler.Api;

namespace SwarmAutoscaler.Commands;

/// <summary>
/// <c>explain SERVICE</c>: the last decision of a running instance in sentences. They are the decision's own; nothing is computed a second time.
/// Exit 0; 1 when nothing answers or no policy names the service, 2 usage.
/// </summary>
static class ExplainCommand
{
    public static Command Create(Terminal terminal, TimeProvider time)
    {
        var service = new Argument<string>("SERVICE") { Description = "The exact name of the Swarm service" };
        var url = StatusCommand.UrlOption();
        var command = new Command("explain", "Explain the last decision for a service, and what would lift each limit.") { service, url };
        command.SetAction((parsed, cancellation) => StatusCommand.AskAsync(parsed, url, time, async api =>
        {
            var answer = await api.GetAsync($"api/v1/services/{Uri.EscapeDataString(parsed.GetValue(service)!)}", ApiJson.Default.ServiceView, cancellation);
            if (answer.Value is { } found)
                foreach (string line in Lines(found, answer.Now, terminal))
                    await parsed.InvocationConfiguration.Output.WriteLineAsync(line);
            else
                await parsed.InvocationConfiguration.Error.WriteLineAsync(Terminal.Harmless(answer.Problem!));
            return answer.Value is null ? ExitCode.Errors : ExitCode.Good;
        }));
        return command;
    }

    static IEnumerable<string> Lines(ServiceView service, DateTimeOffset now, Terminal terminal)
    {
        if (service.Pause is { } pause)
            yield return terminal.Warning(pause.Until is { } end ? $"paused until {Text(end)} (in {Terminal.Seconds(end - now)})" : "paused until it is resumed");
        if (service.LastDecision is not { } last)
        {
            yield return $"{Terminal.Harmless(service.Service)} was not evaluated yet";
            yield break;
        }
        yield return terminal.ByAction(last.Action, Headline(last, now));
        yield return string.Create(CultureInfo.InvariantCulture, $"{last.Running} running, bounds {service.State!.Min} to {service.State.Max}");
        if (last.Metrics.Count > 0)
            yield return "metrics";
        foreach (var cells in Terminal.Aligned([.. last.Metrics.Select(Metric)]))
            yield return Terminal.Line(cells);
        if (last.Trail.Count > 0)
            yield return "steps";
        foreach (var (cells, step) in Terminal.Aligned([.. last.Trail.Select(Step)]).Zip(last.Trail))
        {
            yield return Terminal.Line(cells);
            if (Lift(step, now) is { } lift)
                yield return Terminal.Line([new string(' ', cells[0].Length), new string(' ', cells[1].Length), lift]);
        }
    }

    static string Headline(DecisionView last, DateTimeOffset now)
    {
        string what = last.Action == "hold"
            ? string.Create(CultureInfo.InvariantCulture, $"stays at {last.Current}")
            : string.Create(CultureInfo.InvariantCulture, $"goes from {last.Current} to {last.Desired}");
        string became = last.Outcome is { } outcome ? $"; {outcome.Outcome}{(outcome.Because.Length > 0 ? $": {outcome.Because}" : "")}" : "";
        return Terminal.Harmless($"{last.Service} {what} ({last.Reason}{became}), decided {Terminal.Seconds(now - last.Time)} ago");
    }

    static string[] Metric(MetricDecisionView metric)
    {
        string value = metric.Value is { } number ? number.ToString("0.####", CultureInfo.InvariantCulture) : metric.Missing is { } reason ? $"missing ({reason})" : "-";
        string wants = metric.Recommends is { } count ? string.Create(CultureInfo.InvariantCulture, $"wants {count}") : "";
        return [.. new[] { $"  {metric.Name}", value, wants, metric.Because }.Select(Terminal.Harmless)];
    }

    static string[] Step(StepView step) =>
        [.. new[] { $"  {step.Step}", string.Create(CultureInfo.InvariantCulture, $"{step.From} -> {step.To}"), step.Because }.Select(Terminal.Harmless)];

    static string? Lift(StepView step, DateTimeOffset now) => step switch
    {
        { LiftedWhen: null } => null,
        { LiftedAt: { } at } => Terminal.Harmless($"lifted at {Text(at)} (in {Terminal.Seconds(at - now)}) when {step.LiftedWhen}"),
        _ => Terminal.Harmless($"lifted when {step.LiftedWhen}"),
    };

    static string Text(DateTime at) => at.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);
}
