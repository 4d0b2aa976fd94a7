using System.CommandLine;
using System.Globalization;
using SwarmAutoscaler.Api;

namespace SwarmAutoscaler.Commands;

/// <summary><c>status</c>: all services of a running instance as a table. Exit 0; 1 when nothing answers, 2 usage.</summary>
static class StatusCommand
{
    static readonly TimeSpan Rhythm = TimeSpan.FromSeconds(2);

    static readonly string[] Headings = ["service", "wanted", "running", "decided", "bounds", "reason", "evaluated", "note"];

    public static Command Create(Terminal terminal, TimeProvider time)
    {
        var url = UrlOption();
        var watch = new Option<bool>("--watch") { Description = "Show it again every 2 s, until Ctrl-C" };
        var command = new Command("status", "Show all services of a running instance.") { url, watch };
        command.SetAction((parsed, cancellation) => AskAsync(parsed, url, time, async api =>
        {
            var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
            return parsed.GetValue(watch) ? await WatchAsync(api, terminal, output, time, cancellation) : await ShowAsync(api, terminal, output, error, cancellation);
        }));
        return command;
    }

    public static Option<string> UrlOption() => new("--url")
    {
        Description = "Where the instance listens",
        DefaultValueFactory = _ => InstanceApi.DefaultUrl,
        HelpName = "URL",
    };

    /// <summary>Runs what asks an instance, if the address is one.</summary>
    public static async Task<int> AskAsync(ParseResult parsed, Option<string> option, TimeProvider time, Func<InstanceApi, Task<int>> ask)
    {
        if (!InstanceApi.TryParse(parsed.GetValue(option)!, out var url))
        {
            await parsed.InvocationConfiguration.Error.WriteLineAsync($"--url: '{parsed.GetValue(option)}' is not an address such as {InstanceApi.DefaultUrl}");
            return ExitCode.Usage;
        }
        using var api = new InstanceApi(url, time);
        return await ask(api);
    }

    static async Task<int> ShowAsync(InstanceApi api, Terminal terminal, TextWriter output, TextWriter error, CancellationToken cancellation)
    {
        var answer = await api.GetAsync("api/v1/services", ApiJson.Default.ServiceListView, cancellation);
        if (answer.Value is { } list)
            await output.WriteAsync(Table(list, answer.Now, terminal));
        else
            await error.WriteLineAsync(Terminal.Harmless(answer.Problem!));
        return answer.Value is null ? ExitCode.Errors : ExitCode.Good;
    }

    /// <summary>An instance that does not answer for a while is waited for: it may be being updated.</summary>
    static async Task<int> WatchAsync(InstanceApi api, Terminal terminal, TextWriter output, TimeProvider time, CancellationToken cancellation)
    {
        try
        {
            while (true)
            {
                var answer = await api.GetAsync("api/v1/services", ApiJson.Default.ServiceListView, cancellation);
                string shown = answer.Value is { } list ? Table(list, answer.Now, terminal) : terminal.Warning(Terminal.Harmless(answer.Problem!)) + "\n";
                await output.WriteAsync((terminal.IsInteractive ? Terminal.Clear : "") + shown + (terminal.IsInteractive ? "" : "\n"));
                await output.FlushAsync(cancellation);
                await Task.Delay(Rhythm, time, cancellation);
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return ExitCode.Good;
        }
    }

    static string Table(ServiceListView list, DateTimeOffset now, Terminal terminal)
    {
        if (list.Services.Count == 0)
            return "no policies are in force\n";
        var lines = Terminal.Aligned([Headings, .. list.Services.Select(service => Row(service, now))]).ToList();
        return string.Concat(lines.Select((cells, i) => (i == 0 ? Terminal.Line(cells) : terminal.ByAction(list.Services[i - 1].Action, Terminal.Line(cells))) + "\n"));
    }

    static string[] Row(ServiceSummaryView service, DateTimeOffset now) =>
    [
        Terminal.Harmless(service.Service), Terminal.Number(service.Current), Terminal.Number(service.Running), Terminal.Number(service.Desired),
        string.Create(CultureInfo.InvariantCulture, $"{service.Min}-{service.Max}"), Terminal.Harmless(service.Reason ?? "-"),
        service.At is { } at ? $"{Terminal.Seconds(now - at)} ago" : "not yet", Note(service),
    ];

    static string Note(ServiceSummaryView service) =>
        service.Paused ? service.PausedUntil is { } end ? string.Create(CultureInfo.InvariantCulture, $"paused until {end:yyyy-MM-dd HH:mm:ss} UTC") : "paused"
        : !service.Enabled ? "disabled"
        : service.Mode == "observe" ? "observed"
        : "";
}
