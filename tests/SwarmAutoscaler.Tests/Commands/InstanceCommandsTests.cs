using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using SwarmAutoscaler.Api;
using SwarmAutoscaler.Coordinating;
using SwarmAutoscaler.Recording;
using SwarmAutoscaler.TestSupport;
using Xunit;
using static SwarmAutoscaler.Recording.Decisions;

namespace SwarmAutoscaler.Commands;

/// <summary><c>status</c> and <c>explain</c> against a real server.</summary>
public sealed class InstanceCommandsTests
{
    static readonly Terminal Plain = new(false, false);

    [Fact]
    public async Task Status_is_a_table_of_all_services()
    {
        await using var server = await EventfulAsync();
        // The instance tells its own time, which is today's.
        var (exitCode, output, error) = await RunAsync(StatusCommand.Create(Plain, new ManualTime()), "--url", server.Url);
        Assert.Equal((0, ""), (exitCode, error));
        string[] lines = output.Split('\n');
        Assert.Matches("^service      wanted  running  decided  bounds  reason    evaluated +note$", lines[0]);
        Assert.Matches(@"^shop_api     3       3        5        2-10    cooldown  \d+ s ago$", lines[1]);
        Assert.Matches(@"^shop_worker  -       -        -        2-10    -         not yet +paused until 2026-01-01 01:00:00 UTC$", lines[2]);
        Assert.Equal("", lines[3]);
    }

    [Theory]
    [InlineData(true, "\u001b[32mshop_api")]
    [InlineData(false, "\nshop_api")]
    public async Task Colour_is_for_terminals_that_want_it(bool hasColor, string expected)
    {
        await using var server = await EventfulAsync();
        var (_, output, _) = await RunAsync(StatusCommand.Create(new Terminal(true, hasColor), new ManualTime()), "--url", server.Url);
        Assert.Contains(expected, output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, "", "xterm", true, true)]
    [InlineData(false, "1", "xterm", true, false)]
    [InlineData(false, "", "dumb", true, false)]
    [InlineData(true, "", "xterm", false, false)]
    public void A_pipe_is_no_terminal_and_NO_COLOR_is_respected(bool isRedirected, string noColor, string term, bool isInteractive, bool hasColor) => Assert.Equal(
        new Terminal(isInteractive, hasColor), Terminal.Of(isRedirected, new Dictionary<string, string> { ["NO_COLOR"] = noColor, ["TERM"] = term }));

    [Fact]
    public async Task A_watched_table_is_shown_again_and_waits_for_an_instance_that_is_away()
    {
        var time = new ManualTime();
        using var output = new WatchedWriter();
        using var stopping = new CancellationTokenSource();
        Task<int> watching;
        await using (var server = await EventfulAsync())
        {
            watching = StatusCommand.Create(Plain, time).Parse(["--watch", "--url", server.Url]).InvokeAsync(new() { Output = output, ProcessTerminationTimeout = null }, stopping.Token);
            await output.FlushedAsync(1);
            Assert.Contains("shop_api", output.ToString(), StringComparison.Ordinal);
        }
        await AdvanceAsync(time);
        await output.FlushedAsync(2);
        Assert.Contains("nothing answers at http://127.0.0.1:", output.ToString(), StringComparison.Ordinal);
        await stopping.CancelAsync();
        Assert.Equal(0, await watching);
    }

    [Fact]
    public async Task Explain_tells_the_last_decision_and_what_would_lift_each_limit()
    {
        await using var server = await EventfulAsync();
        var (exitCode, output, error) = await RunAsync(ExplainCommand.Create(Plain, new ManualTime()), "shop_api", "--url", server.Url);
        Assert.Equal((0, ""), (exitCode, error));
        Assert.Equal("""
            shop_api goes from 3 to 5 (cooldown; unknown: no answer), decided N s ago
            3 running, bounds 2 to 10
            metrics
              cpu   0.83               wants 6  measured
              jobs  missing (timeout)           timeout: no answer in 5 s?[2J
            steps
              combine   3 -> 6  cpu wants 6
              cooldown  6 -> 5  30 s left
                                lifted at 2026-01-01 00:00:30 UTC (in N s) when the cooldown is over
              bounds    5 -> 5  5 is the maximum
                                lifted when the policy's replicas.max allows it

            """, System.Text.RegularExpressions.Regex.Replace(output, @"\d+ s (ago)|in \d+ s\)", match => match.Groups[1].Success ? "N s ago" : "in N s)"));
    }

    [Fact]
    public async Task Explain_says_that_there_is_no_decision_yet_and_that_it_is_paused()
    {
        await using var server = await EventfulAsync();
        var (exitCode, output, _) = await RunAsync(ExplainCommand.Create(Plain, new ManualTime()), "shop_worker", "--url", server.Url);
        Assert.Equal(0, exitCode);
        Assert.Matches(@"^paused until 2026-01-01 01:00:00 UTC \(in \d+ s\)\nshop_worker was not evaluated yet\n$", output);
    }

    [Fact]
    public async Task Explain_of_a_service_without_a_policy_is_an_error()
    {
        await using var server = await EventfulAsync();
        Assert.Equal((1, "", "There is no policy for a service 'nobody'.\n"), await RunAsync(ExplainCommand.Create(Plain, new ManualTime()), "nobody", "--url", server.Url));
    }

    [Theory]
    [InlineData("status")]
    [InlineData("explain web")]
    public async Task Nothing_that_answers_is_one_clear_line(string command)
    {
        var (exitCode, output, error) = await ProgramAsync([.. command.Split(' '), "--url", $"http://127.0.0.1:{FreePort()}"]);
        Assert.Equal((1, ""), (exitCode, output));
        Assert.Matches(@"^nothing answers at http://127\.0\.0\.1:\d+/: Connection refused; is it running, and is --url right\?\n$", error);
    }

    [Theory]
    [InlineData("status --url nonsense", "--url: 'nonsense' is not an address such as http://127.0.0.1:8080")]
    [InlineData("status --url ftp://example.com", "--url: 'ftp://example.com' is not an address such as http://127.0.0.1:8080")]
    [InlineData("explain", "Required argument missing for command: 'explain'.\nsee swarm-autoscaler --help")]
    [InlineData("completion csh", "SHELL: 'csh' is not one of bash, zsh, fish")]
    public async Task Wrong_usage_is_exit_code_2(string command, string expected) => Assert.Equal((2, "", expected + "\n"), await ProgramAsync(command.Split(' ')));

    [Theory]
    [InlineData(200, "text/html", "<html>", "what answers at {0} is no swarm-autoscaler of this kind")]
    [InlineData(200, "application/json", "[1, 2]", "what answers at {0} is no swarm-autoscaler of this kind")]
    [InlineData(404, "text/plain", "no", "{0} answered 404; is --url the address of a swarm-autoscaler?")]
    [InlineData(302, "text/plain", "", "{0} answered 302; is --url the address of a swarm-autoscaler?")]
    public async Task A_stranger_that_answers_is_told_as_one(int status, string type, string body, string expected)
    {
        await using var stranger = await StrangerAsync(context =>
        {
            (context.Response.StatusCode, context.Response.ContentType) = (status, type);
            return context.Response.WriteAsync(body);
        });
        var (exitCode, _, error) = await RunAsync(StatusCommand.Create(Plain, new ManualTime()), "--url", stranger.Urls.Single());
        Assert.Equal((1, string.Format(System.Globalization.CultureInfo.InvariantCulture, expected, stranger.Urls.Single() + "/") + "\n"), (exitCode, error));
    }

    [Fact]
    public async Task One_that_hangs_is_given_up_after_five_seconds()
    {
        var asked = new TaskCompletionSource();
        await using var stranger = await StrangerAsync(async context =>
        {
            asked.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, context.RequestAborted);
        });
        var time = new ManualTime();
        var asking = RunAsync(StatusCommand.Create(Plain, time), "--url", stranger.Urls.Single());
        await asked.Task;
        time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal((1, "", $"{stranger.Urls.Single()}/ did not answer within 5 s\n"), await asking);
    }

    [Theory]
    [InlineData("swarm-autoscaler ex", "explain")]
    [InlineData("swarm-autoscaler status --", "--help --url --watch")]
    [InlineData("swarm-autoscaler completion ", "bash fish zsh")]
    public async Task Bash_completes_what_the_program_knows(string line, string expected)
    {
        string program = Path.Combine(AppContext.BaseDirectory, "swarm-autoscaler.dll");
        string script = $$"""
            swarm-autoscaler() { dotnet "{{program}}" "$@"; }
            source <(swarm-autoscaler completion bash)
            COMP_LINE='{{line}}' COMP_POINT={{line.Length}}
            read -ra COMP_WORDS <<< "$COMP_LINE"
            [[ $COMP_LINE == *' ' ]] && COMP_WORDS+=('')
            COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
            _swarm_autoscaler
            echo "${COMPREPLY[@]}"
            """;
        var (exitCode, output, error) = await Testbed.ExecuteAsync("bash", ["-c", script]);
        Assert.Equal((0, ""), (exitCode, error));
        string[] offered = output.Trim().Split(' ');
        Assert.Equal(expected.Split(' '), expected.Split(' ').Where(offered.Contains));
        Assert.DoesNotContain("run", offered);
    }

    [Theory]
    [InlineData("zsh")]
    [InlineData("fish")]
    public async Task The_other_shells_ask_the_program_too(string shell)
    {
        var (exitCode, output, _) = await ProgramAsync(["completion", shell]);
        Assert.Equal(0, exitCode);
        Assert.Contains("swarm-autoscaler \"[suggest:", output, StringComparison.Ordinal);
    }

    /// <summary>One service with a limited decision and hostile text, and a paused one that was not evaluated yet.</summary>
    static async Task<ApiServer> EventfulAsync()
    {
        var server = await ApiServer.ListenAsync(Policy(), Policy("shop_worker"));
        var decision = Decision(current: 3, desired: 5, reason: ReasonWords.Cooldown) with
        {
            Recommendations = [Value("cpu", 0.83, 6), Lost("jobs") with { Because = "timeout: no answer in 5 s\u001b[2J" }],
            Trail =
            [
                new DecisionStep("combine", 3, 6, "cpu wants 6"),
                new DecisionStep("cooldown", 6, 5, "30 s left", new Lift(TimeSpan.FromSeconds(30), "the cooldown is over")),
                new DecisionStep("bounds", 5, 5, "5 is the maximum", new Lift(null, "the policy's replicas.max allows it")),
            ],
        };
        server.Board.Put(new RecordedDecision(decision, Policy(), new Applying.ApplyOutcome(Applying.ApplyOutcomeKind.Unknown, "no answer")));
        await server.Trial.Pauses.SetAsync("shop_worker", new Pause(server.Time.GetUtcNow(), server.Time.GetUtcNow() + TimeSpan.FromHours(1)), default);
        return server;
    }

    static async Task<(int ExitCode, string Output, string Error)> RunAsync(System.CommandLine.Command command, params string[] arguments)
    {
        using StringWriter output = new(), error = new();
        int exitCode = await command.Parse(arguments).InvokeAsync(new() { Output = output, Error = error });
        return (exitCode, output.ToString(), error.ToString());
    }

    static Task<(int ExitCode, string Output, string Error)> ProgramAsync(string[] arguments) =>
        Testbed.ExecuteAsync("dotnet", [Path.Combine(AppContext.BaseDirectory, "swarm-autoscaler.dll"), .. arguments]);

    static async Task<WebApplication> StrangerAsync(RequestDelegate answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        app.Run(answer);
        await app.StartAsync();
        return app;
    }

    /// <summary>As soon as the command waits for the clock.</summary>
    static async Task AdvanceAsync(ManualTime time)
    {
        for (int i = 0; time.NextDue is null && i < 1000; i++)
            await Task.Delay(10);
        time.Advance(TimeSpan.FromSeconds(2));
    }

    static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Tells how often it was flushed: once per table.</summary>
    sealed class WatchedWriter : StringWriter
    {
        readonly SemaphoreSlim flushed = new(0);
        int seen;

        public override Task FlushAsync(CancellationToken cancellationToken)
        {
            flushed.Release();
            return Task.CompletedTask;
        }

        public async Task FlushedAsync(int times)
        {
            for (; seen < times; seen++)
                Assert.True(await flushed.WaitAsync(TimeSpan.FromSeconds(20)));
        }
    }
}
