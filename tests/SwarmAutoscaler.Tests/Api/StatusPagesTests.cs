using System.IO.Compression;
using System.Text;
using System.Text.RegularExpressions;
using SwarmAutoscaler.Policies;
using SwarmAutoscaler.Recording;
using SwarmAutoscaler.TestSupport;
using Xunit;
using static SwarmAutoscaler.Recording.Decisions;

namespace SwarmAutoscaler.Api;

public sealed class StatusPagesTests
{
    const string Hostile = "<script>alert(1)\"'&";

    [Fact]
    public async Task The_overview_shows_each_service_with_its_counts_and_why()
    {
        await using var server = await ApiServer.StartAsync(Policy(), Policy("shop_worker"));
        Put(server, Decision(current: 3, desired: 5, reason: ReasonWords.Recommend) with { Trail = [new DecisionStep("combine", 3, 5, "cpu wants 5")] });
        server.Time.Advance(TimeSpan.FromSeconds(12));
        await server.Trial.Pauses.SetAsync("shop_worker", new Coordinating.Pause(server.Time.GetUtcNow(), null), default);
        string page = await GetAsync(server, "/");
        Assert.Matches("""<tr><th scope="row"><a href="/services/shop_api">shop_api</a></th><td>3</td><td>3</td><td class="scale_up">5</td><td>2–10</td><td>recommend <small>cpu wants 5</small></td><td></td><td>12 s ago</td></tr>""", page);
        Assert.Contains("""<a href="/services/shop_worker">shop_worker</a> <span class="held">paused</span></th><td></td><td></td>""", page, StringComparison.Ordinal);
        Assert.Contains("<td>not yet</td>", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_service_shows_its_last_decisions_with_their_trail()
    {
        await using var server = await ApiServer.StartAsync(Policy());
        Put(server, Decision(current: 3, desired: 5, reason: ReasonWords.Recommend));
        Put(server, Decision(current: 5, desired: 5, reason: ReasonWords.Cooldown) with
        {
            At = Start + TimeSpan.FromSeconds(15),
            Recommendations = [Value("cpu", 0.83, 6), Lost("jobs")],
            Trail = [new DecisionStep("combine", 5, 6, "cpu wants 6"), new DecisionStep("cooldown", 6, 5, "30 s left", new Lift(TimeSpan.FromSeconds(30), "the cooldown is over"))],
        });
        string page = await GetAsync(server, "/services/shop_api");
        Assert.Equal(["2026-01-01 00:00:15 UTC: hold 5 → 5 <small>cooldown</small>", "2026-01-01 00:00:00 UTC: scale_up 3 → 5 <small>recommend</small>"],
            Regex.Matches(page, "<h2>(.*?)</h2>").Select(match => match.Groups[1].Value));
        Assert.Contains("<li><b>cooldown</b> 6 → 5: 30 s left<br><small>lifted at 2026-01-01 00:00:45 UTC when the cooldown is over</small></li>", page, StringComparison.Ordinal);
        Assert.Contains("<li><b>jobs</b> missing (timeout): timeout: no answer in 5 s</li>", page, StringComparison.Ordinal);
    }

    /// <summary>Names come from files, sentences from backends, the filter from the address.</summary>
    [Fact]
    public async Task Whatever_the_texts_are_they_stay_texts()
    {
        await using var server = await ApiServer.StartAsync(Policy(Hostile));
        server.Policies.Errors = [Hostile];
        Put(server, Decision(Hostile, 3, 5, Hostile) with { Trail = [new DecisionStep(Hostile, 3, 5, Hostile, new Lift(null, Hostile))], Recommendations = [Value(Hostile, 1, 5) with { Because = Hostile }] });
        string query = Uri.EscapeDataString(Hostile);
        foreach (string path in (string[])[$"/?q={query}", $"/services/{query}"])
        {
            string page = await GetAsync(server, path);
            Assert.DoesNotContain("<script", page, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("\"'&", page, StringComparison.Ordinal);
            Assert.Contains("&lt;script&gt;alert(1)", page, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_browser_may_load_our_style_sheet_and_nothing_else_and_run_nothing()
    {
        await using var server = await ApiServer.StartAsync(Policy());
        using var client = server.CreateClient();
        var answer = await client.GetAsync("/");
        Assert.Equal("default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'", answer.Headers.GetValues("Content-Security-Policy").Single());
        Assert.Equal(("nosniff", "no-referrer", "no-store"),
            (answer.Headers.GetValues("X-Content-Type-Options").Single(), answer.Headers.GetValues("Referrer-Policy").Single(), answer.Headers.CacheControl!.ToString()));
        Assert.DoesNotMatch(@"<script|<style|style=|\son\w+=|https?://", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_thousand_services_are_pages_of_a_hundred_each_small()
    {
        var policies = Enumerable.Range(0, 1000).Select(i => Policy($"service-{i:000}")).ToList();
        await using var server = await ApiServer.StartAsync(policies);
        foreach (var policy in policies)
            for (int i = 0; i < ServiceStanding.MostCounts + 5; i++)
                Put(server, Decision(policy.Service, 3, 3 + (i * 7 % 5), ReasonWords.RateLimit) with { Trail = [new DecisionStep("rate_limit", 9, 5, $"at most 4 replicas more per {i} s allows {i}")] });
        string first = await GetAsync(server, "/"), last = await GetAsync(server, "/?page=99"), found = await GetAsync(server, "/?q=99");
        Assert.InRange(Compressed(first), 1, 100_000);
        Assert.Contains("page 1 of 10", first, StringComparison.Ordinal);
        Assert.Contains("page 10 of 10", last, StringComparison.Ordinal);
        Assert.Contains("service-999", last, StringComparison.Ordinal);
        Assert.Equal((100, 19), (Rows(first), Rows(found)));
        Assert.Contains($"{ServiceStanding.MostCounts} counts from 3 to 7", first, StringComparison.Ordinal);
    }

    /// <summary>The pages in a real browser: all is there, and nothing is refused by the policy. <c>UPDATE_PICTURE=1</c> takes the one in the documentation anew.</summary>
    [BrowserTheory]
    [InlineData("/", "shop_worker", 4)]
    [InlineData("/services/shop_api", "the cooldown is over", 0)]
    public async Task A_browser_shows_the_pages(string path, string text, int rows)
    {
        await using var server = await ApiServer.ListenAsync(Policy(), Policy("shop_web"), Policy("shop_worker"));
        await EvaluateAsync(server);
        string profile = Directory.CreateTempSubdirectory("browser-").FullName, picture = Path.Combine(profile, "page.png");
        string[] options = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--enable-logging=stderr", $"--user-data-dir={profile}", "--window-size=1100,400"];
        var (exitCode, document, complaints) = await Testbed.ExecuteAsync(BrowserTheoryAttribute.Program, [.. options, "--dump-dom", server.Url + path]);
        Assert.Equal(0, exitCode);
        Assert.Contains(text, document, StringComparison.Ordinal);
        Assert.Equal(rows, Regex.Count(document, "<tr>"));
        Assert.DoesNotContain("CONSOLE", complaints, StringComparison.Ordinal); // what the policy refused would be said there
        Assert.Equal(0, (await Testbed.ExecuteAsync(BrowserTheoryAttribute.Program, [.. options, $"--screenshot={picture}", server.Url + path])).ExitCode);
        Assert.InRange(new FileInfo(picture).Length, 5_000, 1_000_000);
        if (path == "/" && Environment.GetEnvironmentVariable("UPDATE_PICTURE") == "1")
            File.Copy(picture, Path.Combine(Testbed.Repository, "docs", "status-page.png"), overwrite: true);
        Directory.Delete(profile, recursive: true);
    }

    /// <summary>Some minutes of three services: one that rises, one that waits for a cooldown, one that is paused.</summary>
    static async Task EvaluateAsync(ApiServer server)
    {
        for (int i = 0; i < 40; i++)
        {
            int jobs = (int)(100 * (4 + (3 * Math.Sin(i / 6.0)))), wanted = (jobs + 99) / 100, before = (int)(100 * (4 + (3 * Math.Sin((i - 1) / 6.0))) + 99) / 100;
            string asked = $"jobs: {jobs} at 100 a replica is {jobs / 100.0}";
            Put(server, Decision("shop_worker", before, wanted, before == wanted ? ReasonWords.WithinTolerance : ReasonWords.Recommend) with 
                { Trail = before == wanted ? [] : [new DecisionStep("combine", before, wanted, asked)] });
            Put(server, Decision(current: i < 20 ? 3 : 5, desired: i < 20 ? 3 : 5, reason: ReasonWords.Cooldown) with
            {
                Trail = [new DecisionStep("combine", 5, 6, "cpu: 0.83 is 1.2769 of the target 0.65"), new DecisionStep("cooldown", 6, 5, "30 s of the cooldown of 60 s are left", new Lift(TimeSpan.FromSeconds(30), "the cooldown is over"))],
            });
            Put(server, Decision("shop_web", 2, 2));
        }
        await server.Trial.Pauses.SetAsync("shop_web", new Coordinating.Pause(server.Time.GetUtcNow(), null), default);
        server.Time.Advance(TimeSpan.FromSeconds(7));
    }

    static void Put(ApiServer server, ScalingDecision decision) => server.Board.Put(new RecordedDecision(decision, Policy(decision.Service), null));

    static int Rows(string page) => Regex.Count(page, "<th scope=\"row\">");

    static long Compressed(string page)
    {
        using var buffer = new MemoryStream();
        using (var gzip = new GZipStream(buffer, CompressionLevel.Optimal, leaveOpen: true))
            gzip.Write(Encoding.UTF8.GetBytes(page));
        return buffer.Length;
    }

    static async Task<string> GetAsync(ApiServer server, string path)
    {
        using var client = server.CreateClient();
        return await client.GetStringAsync(path);
    }
}
